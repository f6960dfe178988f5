// SPDX-License-Identifier: Apache-2.0
#include "base/constant_time.hpp"

#include "base/secret_string.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>
#include <utility>

namespace mortise::base {

class ConstantTimeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConstantTimeTest);
    CPPUNIT_TEST(agreesWithTheObviousComparison);
    CPPUNIT_TEST(takesNoPrefixForTheWhole);
    CPPUNIT_TEST(seesEveryBitOfEveryByte);
    CPPUNIT_TEST(doesNotStopAtNul);
    CPPUNIT_TEST(takesNullViews);
    CPPUNIT_TEST(secretsAreComparedByIt);
    CPPUNIT_TEST_SUITE_END();

    static void check(std::string_view left, std::string_view right) {
        CPPUNIT_ASSERT_EQUAL(left == right, constantTimeEqual(left, right));
        CPPUNIT_ASSERT_EQUAL(left == right, constantTimeEqual(right, left));
        CPPUNIT_ASSERT_EQUAL(left == right, SecretString(left) == SecretString(right));
    }

    void agreesWithTheObviousComparison() {
        using namespace std::string_view_literals;
        for (const std::string_view left : {""sv, "a"sv, "b"sv, "ab"sv, "ba"sv, "aa"sv, "\0"sv, "\0\0"sv, "a\0"sv,
                                            "\0a"sv, "a\0b"sv, "a\0c"sv, "\xff"sv, "\x7f"sv, "\x80"sv})
            for (const std::string_view right : {""sv, "a"sv, "b"sv, "ab"sv, "ba"sv, "aa"sv, "\0"sv, "\0\0"sv, "a\0"sv,
                                                 "\0a"sv, "a\0b"sv, "a\0c"sv, "\xff"sv, "\x7f"sv, "\x80"sv})
                check(left, right);
    }

    void takesNoPrefixForTheWhole() {
        std::string secret;
        for (int i = 0; i < 200; ++i) secret.push_back(static_cast<char>(i * 37 + 1));
        for (std::size_t size = 0; size < secret.size(); ++size) {
            check(secret, secret.substr(0, size));
            check(secret, secret.substr(secret.size() - size));
            check(secret.substr(0, size), secret.substr(0, size) + '\0');
            check(secret.substr(0, size), secret.substr(0, size));
        }
        check(secret, secret + secret);
        check(std::string(1 << 16, 'x'), std::string(1 << 16, 'x'));
        check(std::string(1 << 16, 'x'), std::string((1 << 16) + 256, 'x')); // lengths alike in their low bytes
    }

    void seesEveryBitOfEveryByte() {
        const std::string secret = "Zl0wq9T3nXyVb4Kc7Rj2Hd8Lm5Pf1Gs6+";
        for (std::size_t i = 0; i < secret.size(); ++i)
            for (unsigned bit = 0; bit < 8; ++bit) {
                std::string other = secret;
                other[i] = static_cast<char>(static_cast<unsigned char>(other[i]) ^ (1U << bit));
                check(secret, other);
            }
        // Differences that a sum or an exclusive or of all bytes would take back.
        check("ab" + secret, "ba" + secret);
        check("aa" + secret, "bb" + secret);
    }

    void doesNotStopAtNul() {
        const std::string secret("key\0one", 7);
        check(secret, std::string("key\0two", 7));
        check(secret, "key");
        check(secret, std::string("key\0", 4));
        check(std::string(32, '\0'), std::string(31, '\0'));
        check(std::string(32, '\0'), std::string(32, '\0'));
    }

    void takesNullViews() {
        check({}, {});
        check({}, "");
        check({}, std::string_view("\0", 1));
        check({}, "secret");
    }

    void secretsAreComparedByIt() {
        SecretString gone("secret");
        const SecretString moved = std::move(gone);
        CPPUNIT_ASSERT(gone == SecretString()); // NOLINT(bugprone-use-after-move): empty by contract
        CPPUNIT_ASSERT(!(gone == moved));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConstantTimeTest);

} // namespace mortise::base
