// SPDX-License-Identifier: Apache-2.0
#include "host/filter_order.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace mortise::host {

namespace {

using Nodes = std::vector<FilterNode>;

std::string names(const Nodes& nodes) {
    const FilterOrder result = orderFilters(nodes);
    CPPUNIT_ASSERT_MESSAGE(result.failures.empty() ? "" : result.failures.front(), result.failures.empty());
    std::string list;
    for (const std::size_t index : result.order) list += (list.empty() ? "" : " ") + nodes.at(index).name;
    return list;
}

std::string failure(const Nodes& nodes) {
    const FilterOrder result = orderFilters(nodes);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result.failures.size());
    return result.failures.front();
}

void assertNames(const std::string& text, const std::string& part) {
    CPPUNIT_ASSERT_MESSAGE("'" + text + "' lacks '" + part + "'", text.find(part) != std::string::npos);
}

} // namespace

class FilterOrderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FilterOrderTest);
    CPPUNIT_TEST(refusesOneNameTwice);
    CPPUNIT_TEST(refusesCircles);
    CPPUNIT_TEST(refusesAFilterBeforeItself);
    CPPUNIT_TEST(keepsTheGivenOrder);
    CPPUNIT_TEST(followsBeforeAndAfter);
    CPPUNIT_TEST(movesNoMoreThanAsked);
    CPPUNIT_TEST(ignoresUnknownNames);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesOneNameTwice() {
        const std::string text = failure({{"log", "logging", {}, {}}, {"log", "tracing", {}, {}}});
        for (const char* part : {"'log'", "'logging'", "'tracing'"}) assertNames(text, part);
    }

    void refusesCircles() {
        const std::string text = failure(
            {{"free", "x", {}, {}}, {"a", "first", {"b"}, {}}, {"b", "second", {"c"}, {}}, {"c", "third", {"a"}, {}}});
        for (const char* part : {"'a' of plugin 'first'", "'b' of plugin 'second'", "'c' of plugin 'third'"})
            assertNames(text, part);
        CPPUNIT_ASSERT_MESSAGE(text, text.find("free") == std::string::npos);
    }

    void refusesAFilterBeforeItself() { assertNames(failure({{"a", "p", {"a"}, {}}}), "'a'"); }

    void keepsTheGivenOrder() {
        CPPUNIT_ASSERT_EQUAL(std::string(), names({}));
        CPPUNIT_ASSERT_EQUAL(std::string("c a b"), names({{"c", "", {}, {}}, {"a", "", {}, {}}, {"b", "", {}, {}}}));
    }

    void followsBeforeAndAfter() {
        CPPUNIT_ASSERT_EQUAL(std::string("cors limit log"),
                             names({{"log", "", {}, {"limit"}}, {"limit", "", {}, {"cors"}}, {"cors", "", {}, {}}}));
        CPPUNIT_ASSERT_EQUAL(std::string("cors limit log"),
                             names({{"log", "", {}, {}}, {"limit", "", {"log"}, {}}, {"cors", "", {"limit"}, {}}}));
    }

    void movesNoMoreThanAsked() {
        CPPUNIT_ASSERT_EQUAL(std::string("b c a d"),
                             names({{"a", "", {}, {"c"}}, {"b", "", {}, {}}, {"c", "", {}, {}}, {"d", "", {}, {}}}));
    }

    void ignoresUnknownNames() {
        CPPUNIT_ASSERT_EQUAL(std::string("a b"), names({{"a", "", {}, {"nobody"}}, {"b", "", {"no-one"}, {}}}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FilterOrderTest);

} // namespace mortise::host
