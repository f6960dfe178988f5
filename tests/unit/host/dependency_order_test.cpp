// SPDX-License-Identifier: Apache-2.0
#include "host/dependency_order.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace mortise::host {

namespace {

using Nodes = std::vector<DependencyNode>;

DependencyOrder order(const Nodes& nodes, const Elsewhere::Plugins& elsewhere = {}) {
    return orderByDependency(nodes, elsewhere);
}

std::string only(const DependencyOrder& result) {
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result.failures.size());
    return result.failures.front().sentence;
}

std::string names(const Nodes& nodes, const DependencyOrder& result) {
    CPPUNIT_ASSERT_MESSAGE(result.failures.empty() ? "" : result.failures.front().sentence, result.failures.empty());
    std::string list;
    for (const std::size_t index : result.order) list += (list.empty() ? "" : " ") + nodes.at(index).name;
    return list;
}

} // namespace

class DependencyOrderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DependencyOrderTest);
    CPPUNIT_TEST(namesAMissingService);
    CPPUNIT_TEST(namesThePluginToSwitchOn);
    CPPUNIT_TEST(suggestsANearService);
    CPPUNIT_TEST(refusesTwoProviders);
    CPPUNIT_TEST(refusesTwoFilesWithOneId);
    CPPUNIT_TEST(takesOneFileTwice);
    CPPUNIT_TEST(printsTheWholeCircle);
    CPPUNIT_TEST(findsACircleThroughOptionalServices);
    CPPUNIT_TEST(findsEveryFailure);
    CPPUNIT_TEST(startsProvidersFirst);
    CPPUNIT_TEST(keepsTheGivenOrderOtherwise);
    CPPUNIT_TEST(goesWithoutAMissingOptionalOne);
    CPPUNIT_TEST(mayUseItsOwnService);
    CPPUNIT_TEST(isSatisfiedByAnExtensionPoint);
    CPPUNIT_TEST(refusesAServiceThatIsAPoint);
    CPPUNIT_TEST(copesWithALongChain);
    CPPUNIT_TEST_SUITE_END();

public:
    void namesAMissingService() {
        const auto result = order({{"auth", {}, {"mortise.users/1"}, {}}});
        CPPUNIT_ASSERT_EQUAL(std::string("plugin 'auth' requires 'mortise.users/1', which no enabled plugin provides"),
                             only(result));
        CPPUNIT_ASSERT((std::vector<std::size_t>{0}) == result.failures.front().nodes);
        CPPUNIT_ASSERT(result.failures.front().missing);
    }

    void namesThePluginToSwitchOn() {
        const std::string failure =
            only(order({{"auth", {}, {"mortise.users/1"}, {}}}, {{"mortise.users/1", {"users"}}}));
        CPPUNIT_ASSERT_MESSAGE(failure, failure.find("set enabled = true in [plugin.users]") != std::string::npos);
    }

    void suggestsANearService() {
        const std::string failure =
            only(order({{"auth", {}, {"mortise.user/1"}, {}}, {"users", {"mortise.users/1"}, {}, {}}}));
        CPPUNIT_ASSERT_MESSAGE(failure, failure.find("'mortise.users/1'") != std::string::npos);
    }

    void refusesTwoProviders() {
        const std::string failure =
            only(order({{"users", {"mortise.users/1"}, {}, {}}, {"ldap", {"mortise.users/1"}, {}, {}}}));
        for (const char* part : {"'users'", "'ldap'", "'mortise.users/1'"})
            CPPUNIT_ASSERT_MESSAGE(failure, failure.find(part) != std::string::npos);
    }

    void refusesTwoFilesWithOneId() {
        const auto result = order({{"old", {}, {}, {}, {}, "com.example.hello", "/opt/old.so"},
                                   {"other", {}, {}, {}, {}, "com.example.other", "/opt/other.so"},
                                   {"new", {}, {}, {}, {}, "com.example.hello", "/opt/new.so"}});
        CPPUNIT_ASSERT_EQUAL(std::string("plugins 'old' (/opt/old.so) and 'new' (/opt/new.so) both are "
                                         "'com.example.hello'; disable one of them, or give both the same file"),
                             only(result));
        CPPUNIT_ASSERT((std::vector<std::size_t>{2}) == result.failures.front().nodes);
    }

    void takesOneFileTwice() {
        const Nodes nodes{{"first", {}, {}, {}, {}, "com.example.hello", "/opt/hello.so"},
                          {"second", {}, {}, {}, {}, "com.example.hello", "/opt/hello.so"}};
        CPPUNIT_ASSERT_EQUAL(std::string("first second"), names(nodes, order(nodes)));
    }

    void printsTheWholeCircle() {
        const auto result = order({{"outside", {}, {"a/1"}, {}},
                                   {"a", {"a/1"}, {"b/1"}, {}},
                                   {"b", {"b/1"}, {"c/1"}, {}},
                                   {"c", {"c/1"}, {"a/1"}, {}}});
        const std::string failure = only(result);
        CPPUNIT_ASSERT_MESSAGE(failure, failure.find("'a' needs 'b' needs 'c' needs 'a'") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(failure, failure.find("outside") == std::string::npos);
        CPPUNIT_ASSERT((std::vector<std::size_t>{1, 2, 3}) == result.failures.front().nodes);
        CPPUNIT_ASSERT(!result.failures.front().missing);
    }

    void findsACircleThroughOptionalServices() {
        const std::string failure = only(order({{"a", {"a/1"}, {}, {"b/1"}}, {"b", {"b/1"}, {"a/1"}, {}}}));
        CPPUNIT_ASSERT_MESSAGE(failure, failure.find("circle") != std::string::npos);
    }

    void findsEveryFailure() {
        const auto result = order({{"a", {"x/1"}, {"y/1"}, {}}, {"b", {"x/1"}, {"z/1"}, {}}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, result.failures.size());
    }

    void startsProvidersFirst() {
        const Nodes nodes{{"auth", {}, {"users/1"}, {"database/1"}},
                          {"users", {"users/1"}, {"database/1"}, {}},
                          {"database", {"database/1"}, {}, {}}};
        const auto result = order(nodes);
        CPPUNIT_ASSERT_EQUAL(std::string("database users auth"), names(nodes, result));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result.providers.at("users/1"));
    }

    void keepsTheGivenOrderOtherwise() {
        const Nodes nodes{{"c", {}, {}, {}}, {"a", {}, {}, {}}, {"b", {}, {}, {}}};
        CPPUNIT_ASSERT_EQUAL(std::string("c a b"), names(nodes, order(nodes)));
        CPPUNIT_ASSERT_EQUAL(std::string(), names({}, order({})));
    }

    void goesWithoutAMissingOptionalOne() {
        const Nodes nodes{{"a", {}, {}, {"absent/1"}}};
        CPPUNIT_ASSERT_EQUAL(std::string("a"), names(nodes, order(nodes)));
    }

    void mayUseItsOwnService() {
        const Nodes nodes{{"a", {"a/1"}, {"a/1"}, {}}};
        CPPUNIT_ASSERT_EQUAL(std::string("a"), names(nodes, order(nodes)));
    }

    void isSatisfiedByAnExtensionPoint() {
        // It orders nobody: the definer may use a service of who contributes.
        const Nodes nodes{{"graph", {}, {"users/1"}, {}, {"graph.types/1"}},
                          {"users", {"users/1"}, {"graph.types/1"}, {"other.point/1"}}};
        CPPUNIT_ASSERT_EQUAL(std::string("users graph"), names(nodes, order(nodes)));
        const std::string failure =
            only(order({{"users", {}, {"graph.type/1"}, {}}, {"graph", {}, {}, {}, {"graph.types/1"}}}));
        CPPUNIT_ASSERT_EQUAL(
            std::string("plugin 'users' requires 'graph.type/1', which no enabled plugin provides; the "
                        "nearest that is known is 'graph.types/1'"),
            failure);
    }

    void refusesAServiceThatIsAPoint() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "'a/1' is a service of plugin 'x' and an extension point of plugin 'y': an id is one of the two"),
            only(order({{"y", {}, {}, {}, {"a/1"}}, {"x", {"a/1"}, {}, {}}})));
    }

    void copesWithALongChain() {
        Nodes nodes;
        for (int i = 0; i < 2000; ++i) {
            nodes.push_back({"p" + std::to_string(i), {"s" + std::to_string(i) + "/1"}, {}, {}});
            if (i < 1999) nodes.back().required = {"s" + std::to_string(i + 1) + "/1"};
        }
        const auto result = order(nodes);
        CPPUNIT_ASSERT(result.failures.empty());
        CPPUNIT_ASSERT(std::is_sorted(result.order.rbegin(), result.order.rend()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DependencyOrderTest);

} // namespace mortise::host
