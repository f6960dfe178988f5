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

std::string wanted(const Nodes& nodes, const std::vector<std::string>& order) {
    const FilterOrder result = orderFilters(nodes, order);
    CPPUNIT_ASSERT(result.failures.empty() && result.badNames.empty());
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
    CPPUNIT_TEST(reportsUnknownNames);
    CPPUNIT_TEST(knowsNamesOfInstalledPlugins);
    CPPUNIT_TEST(standsAsWanted);
    CPPUNIT_TEST(overrulesPlugins);
    CPPUNIT_TEST(refusesWantedCircles);
    CPPUNIT_TEST(refusesBadWantedNames);
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

    void reportsUnknownNames() {
        const Nodes nodes{{"cors", "cors", {}, {"request-lgo"}}, {"b", "owner", {"zzz", "cors"}, {}}};
        const FilterOrder result = orderFilters(nodes, {}, std::vector<std::string>{"request-log"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, result.unknownNames.size());
        CPPUNIT_ASSERT_EQUAL(std::string("filter 'cors' of plugin 'cors' stands after 'request-lgo', and no installed "
                                         "plugin has a filter of that name; did you mean 'request-log'?"),
                             result.unknownNames[0]);
        assertNames(result.unknownNames[1], "filter 'b' of plugin 'owner' stands before 'zzz'");
        CPPUNIT_ASSERT((std::vector<std::size_t>{1, 0}) == result.order);
    }

    void knowsNamesOfInstalledPlugins() {
        const Nodes nodes{{"a", "", {}, {"log"}}, {"b", "", {"log"}, {}}};
        const std::vector<std::string> installed{"log"};
        const FilterOrder result = orderFilters(nodes, std::vector<std::string>{"b", "log", "a"}, installed);
        CPPUNIT_ASSERT(result.unknownNames.empty() && result.badNames.empty());
        CPPUNIT_ASSERT((std::vector<std::size_t>{1, 0}) == result.order);
        const FilterOrder twice = orderFilters(nodes, std::vector<std::string>{"log", "log"}, installed);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, twice.badNames.size());
        assertNames(twice.badNames[0], "'log' is named twice");
    }

    void standsAsWanted() {
        const Nodes nodes{{"a", "", {}, {}}, {"b", "", {}, {}}, {"c", "", {}, {"x"}}, {"x", "", {}, {}}};
        CPPUNIT_ASSERT_EQUAL(std::string("x c b a"), wanted(nodes, {"c", "b", "a"}));
        CPPUNIT_ASSERT_EQUAL(std::string("b a x c"), wanted(nodes, {"b", "a"}));
        CPPUNIT_ASSERT_EQUAL(std::string("a b x c"), wanted(nodes, {"b"}));
    }

    void overrulesPlugins() {
        const Nodes nodes{{"a", "p", {"b"}, {}}, {"b", "q", {"c"}, {"a"}}, {"c", "r", {}, {}}};
        const FilterOrder result = orderFilters(nodes, std::vector<std::string>{"b", "a"});
        CPPUNIT_ASSERT(result.failures.empty() && result.badNames.empty());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result.warnings.size());
        assertNames(result.warnings.front(), "'a' stands behind 'b'");
        CPPUNIT_ASSERT((result.order == std::vector<std::size_t>{1, 0, 2}));
        CPPUNIT_ASSERT(orderFilters(nodes, std::vector<std::string>{"a", "b", "c"}).warnings.empty());
    }

    void refusesWantedCircles() {
        // 'x', which is not named, ties them the other way round.
        const Nodes nodes{{"a", "p", {"x"}, {}}, {"x", "q", {"b"}, {}}, {"b", "r", {}, {}}};
        const FilterOrder result = orderFilters(nodes, std::vector<std::string>{"b", "a"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result.failures.size());
        for (const char* part : {"server.filter_order", "'x' of plugin 'q'"})
            assertNames(result.failures.front(), part);
        assertNames(failure({{"a", "p", {"a"}, {}}}), "'a'");
        CPPUNIT_ASSERT_EQUAL(std::string("b a x"), wanted({nodes[0], nodes[1], nodes[2]}, {"b", "a", "x"}));
    }

    void refusesBadWantedNames() {
        const Nodes nodes{{"cors", "", {}, {}}, {"rate-limit", "", {}, {}}};
        const FilterOrder result = orderFilters(nodes, std::vector<std::string>{"rate-limits", "cors", "cors", "zzz"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, result.badNames.size());
        assertNames(result.badNames[0], "'rate-limits'; did you mean 'rate-limit'?");
        assertNames(result.badNames[1], "'cors' is named twice");
        assertNames(result.badNames[2], "'zzz'");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, result.order.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FilterOrderTest);

} // namespace mortise::host
