// SPDX-License-Identifier: Apache-2.0
#include "../secret_check.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace {

class SecretCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SecretCheckTest);
    CPPUNIT_TEST(refusesTheShort);
    CPPUNIT_TEST(refusesTheWeak);
    CPPUNIT_TEST(takesTheRandom);
    CPPUNIT_TEST(neverQuotesTheSecret);
    CPPUNIT_TEST_SUITE_END();

    void refusesTheShort() {
        CPPUNIT_ASSERT(auth::secretFault(""));
        CPPUNIT_ASSERT(auth::secretFault("Zl0wq9T3nXyVb4Kc7Rj2Hd8Lm5Pf1Gs"));
        CPPUNIT_ASSERT(auth::secretFault("Zl0wq9T3nXyVb4Kc7Rj2Hd8Lm5Pf1Gs")->find("31 bytes") != std::string::npos);
    }

    void refusesTheWeak() {
        for (const char* secret : {
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                 "abababababababababababababababababababab",
                 "12345678901234567890123456789012",
                 "abcdefghijklmnopqrstuvwxyz012345",
                 "zyxwvutsrqponmlkjihgfedcba987654",
                 "secret-secret-secret-secret-secret",
                 "secretlkj342lk3j4lkjsdflkjsdlfkj34",
                 "your-super-secret-jwt-key-change-in-production",
                 "CHANGEME-kj34lkj5lkj345lkj34lkj5",
                 "my-application-secret-change-this-now",
                 "password0jfw9ejf0w9ejf0w9jefw9ej",
                 "aabbccddeeaabbccddeeaabbccddeeaabb",
             }) {
            CPPUNIT_ASSERT_MESSAGE(secret, auth::secretFault(secret).has_value());
        }
        CPPUNIT_ASSERT(auth::secretFault(std::string(64, '\0')));
    }

    void takesTheRandom() {
        CPPUNIT_ASSERT(!auth::secretFault("Zl0wq9T3nXyVb4Kc7Rj2Hd8Lm5Pf1Gs6"));
        CPPUNIT_ASSERT(!auth::secretFault("8f14e45fceea167a5a36dedd4bea2543"));
        CPPUNIT_ASSERT(!auth::secretFault("q2VyJ8n0Yw1v9D5xkQ7mL3sT6uB4hE0fRzPaCgNi+/o="));
        CPPUNIT_ASSERT(!auth::secretFault("correct horse battery staple gravel lamp"));
    }

    void neverQuotesTheSecret() {
        for (const std::string secret : {"changeme-kq3", "abababababababababababababababababababab"}) {
            CPPUNIT_ASSERT(auth::secretFault(secret)->find(secret) == std::string::npos);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecretCheckTest);

} // namespace
