// SPDX-License-Identifier: Apache-2.0
#include "schema/suggestion_list.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace mortise::graphql {

class GraphqlSuggestionListTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlSuggestionListTest);
    CPPUNIT_TEST(nearestFirst);
    CPPUNIT_TEST(tiesInNaturalOrder);
    CPPUNIT_TEST(longInputsAreNearNothing);
    CPPUNIT_TEST(wording);
    CPPUNIT_TEST_SUITE_END();

    static std::string list(std::string_view input, const std::vector<std::string_view>& options) {
        std::string text;
        for (const std::string_view found : suggestionList(input, options)) text.append(found) += ' ';
        return text;
    }

    void nearestFirst() {
        CPPUNIT_ASSERT_EQUAL(std::string("abc ABC abcd acb "), list("abc", {"abcd", "acb", "xyz", "ABC", "abc"}));
        CPPUNIT_ASSERT_EQUAL(std::string(""), list("abc", {"xyz", "abcxyz"}));
        CPPUNIT_ASSERT_EQUAL(std::string("greenish "), list("greenish2", {"greenish", "blue"}));
        CPPUNIT_ASSERT_EQUAL(std::string("a "), list("", {"a", "ab"}));
    }

    void tiesInNaturalOrder() {
        CPPUNIT_ASSERT_EQUAL(std::string("a1 a2 a10 a20 "), list("a0", {"a20", "a10", "a2", "a1"}));
        CPPUNIT_ASSERT_EQUAL(std::string("x01 x09 x1 x9 "), list("xx0", {"x9", "x1", "x09", "x01"}));
    }

    void longInputsAreNearNothing() {
        CPPUNIT_ASSERT_EQUAL(std::string(""), list(std::string(10'000'000, 'a'), {"aaaa"}));
    }

    void wording() {
        const auto is = [](const char* expected, const std::vector<std::string_view>& options) {
            CPPUNIT_ASSERT_EQUAL(std::string(expected), didYouMean({}, options));
        };
        is("", {});
        is(" Did you mean \"A\"?", {"A"});
        is(" Did you mean \"A\" or \"B\"?", {"A", "B"});
        is(" Did you mean \"A\", \"B\", or \"C\"?", {"A", "B", "C"});
        is(" Did you mean \"A\", \"B\", \"C\", \"D\", or \"E\"?", {"A", "B", "C", "D", "E", "F"});
        const std::vector<std::string_view> one{"A"};
        CPPUNIT_ASSERT_EQUAL(std::string(" Did you mean the enum value \"A\"?"), didYouMean("the enum value", one));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlSuggestionListTest);

} // namespace mortise::graphql
