// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::cors {

class TokensTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TokensTest);
    CPPUNIT_TEST(tellsLists);
    CPPUNIT_TEST(joins);
    CPPUNIT_TEST_SUITE_END();

public:
    void tellsLists() {
        for (const char* const good : {"x", "X-Custom", "a, b", "a ,\tb", "content-type,x-y", "*"})
            CPPUNIT_ASSERT_MESSAGE(good, isTokenList(good));
        for (const char* const bad : {"", ",", "a,", "a b", "a,,b", "a:b", "a\r\nb", "\xc3\xa9", "a;b", "\"a\""})
            CPPUNIT_ASSERT_MESSAGE(bad, !isTokenList(bad));
        CPPUNIT_ASSERT(!isToken(std::string_view("a\0b", 3)));
    }

    void joins() {
        CPPUNIT_ASSERT_EQUAL(std::string("a,b"), joined({"a", "b"}));
        CPPUNIT_ASSERT_EQUAL(std::string(), joined({}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TokensTest);

} // namespace mortise::cors
