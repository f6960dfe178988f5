// SPDX-License-Identifier: Apache-2.0
#include "builtin_rules.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace mortise::rate_limit;

class BuiltinRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BuiltinRulesTest);
    CPPUNIT_TEST(allHoldByDefault);
    CPPUNIT_TEST(theyStayBesideOthers);
    CPPUNIT_TEST(eachIsSwitchedOffByItsName);
    CPPUNIT_TEST(aRuleForTheSameRouteTakesItsPlace);
    CPPUNIT_TEST(anotherMethodTakesNoPlace);
    CPPUNIT_TEST(aLaxerRuleIsFound);
    CPPUNIT_TEST(whatIsSkippedIsFound);
    CPPUNIT_TEST_SUITE_END();

public:
    void allHoldByDefault() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "POST /auth/login 10/900; POST /auth/register, POST /api/users 10/3600; POST /auth/password 10/900; "),
            textOf(withBuiltinRules({}, {})));
    }
    void theyStayBesideOthers() {
        const std::string builtin = textOf(withBuiltinRules({}, {}));
        CPPUNIT_ASSERT_EQUAL(builtin + "GET /x 60/60; ", textOf(withBuiltinRules(rulesOf({"GET /x 60/1m"}), {})));
    }
    void eachIsSwitchedOffByItsName() {
        CPPUNIT_ASSERT_EQUAL(std::string("POST /auth/register, POST /api/users 10/3600; POST /auth/password 10/900; "),
                             textOf(withBuiltinRules({}, {"login"})));
        CPPUNIT_ASSERT_EQUAL(std::string("POST /auth/login 10/900; "),
                             textOf(withBuiltinRules({}, {"registration", "password"})));
        CPPUNIT_ASSERT_EQUAL(std::string(), textOf(withBuiltinRules({}, {"password", "login", "registration"})));
        CPPUNIT_ASSERT(isBuiltinRule("login") && !isBuiltinRule("Login") && !isBuiltinRule(""));
    }
    void aRuleForTheSameRouteTakesItsPlace() {
        const RuleSet set = withBuiltinRules(rulesOf({"POST /auth/login", "POST /auth/register 3/1m"}), {});
        CPPUNIT_ASSERT_EQUAL(std::string("POST /api/users 10/3600; POST /auth/password 10/900; "
                                         "POST /auth/login, POST /auth/register 3/60; "),
                             textOf(set));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, set.replaced.size());
        CPPUNIT_ASSERT(set.replaced[0].route == "POST /auth/login" && set.replaced[0].builtin == "login");
        CPPUNIT_ASSERT(set.replaced[1].route == "POST /auth/register" && set.replaced[1].builtin == "registration");
    }
    void anotherMethodTakesNoPlace() {
        for (const std::string rule : {"* /auth/login 1000/1s", "GET /auth/login 1000/1s", "POST /auth/:x 1000/1s"}) {
            const RuleSet set = withBuiltinRules(rulesOf({rule}), {});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(rule, std::size_t{4}, set.rules.size());
            CPPUNIT_ASSERT(set.replaced.empty());
        }
    }
    // POST /auth/login 10/15m is the built-in one.
    void aLaxerRuleIsFound() {
        const auto isLaxer = [](const std::string& rate) {
            const RuleSet set = withBuiltinRules(rulesOf({"POST /auth/login " + rate}), {});
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, set.replaced.size());
            return set.replaced[0].laxer;
        };
        for (const std::string rate : {"10/15m", "5/15m", "10/1h", "5/450s", "1/90s", "1/30d", "10/30d"})
            CPPUNIT_ASSERT_MESSAGE(rate, !isLaxer(rate));
        for (const std::string rate :
             {"11/15m", "1000/1h", "11/30d", "10/14m", "6/450s", "1/89s", "1/1s", "10000000/30d"})
            CPPUNIT_ASSERT_MESSAGE(rate, isLaxer(rate));
        const RuleSet set = withBuiltinRules(rulesOf({"POST /api/users", "POST /auth/password 11/1h"}), {});
        CPPUNIT_ASSERT(set.replaced.at(0).laxer && set.replaced.at(1).laxer);
        CPPUNIT_ASSERT(withBuiltinRules(rulesOf({"POST /auth/login 1000/1s"}), {"login"}).replaced.empty());
    }
    void whatIsSkippedIsFound() {
        const std::vector<std::string> skip{"/ready", "/api/:x", "/auth/password"};
        const RuleSet set =
            withBuiltinRules(rulesOf({"GET /x", "GET /ready 2/1h", "* /api/:x 1/1s", "GET /readyz 1/1s"}), {}, skip);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, set.exempt.size());
        CPPUNIT_ASSERT(set.exempt[0].route == "POST /auth/password" && set.exempt[0].builtin == "password");
        CPPUNIT_ASSERT(set.exempt[1].route == "GET /ready" && set.exempt[1].builtin.empty());
        CPPUNIT_ASSERT(set.exempt[2].route == "* /api/:x" && set.exempt[2].builtin.empty());
        CPPUNIT_ASSERT(withBuiltinRules({}, {"password"}, skip).exempt.empty());
        CPPUNIT_ASSERT(withBuiltinRules({}, {}, {"/ready", "/auth"}).exempt.empty());
    }

private:
    static std::vector<Rule> rulesOf(const std::vector<std::string>& entries) {
        return parseRules(entries, [](const std::string& sentence) { throw std::invalid_argument(sentence); });
    }
    static std::string textOf(const RuleSet& set) {
        std::string text;
        for (const Rule& rule : set.rules) {
            for (const RuleRoute& route : rule.routes) text += (&route == &rule.routes[0] ? "" : ", ") + route.name();
            text += ' ' + std::to_string(rule.maximum) + '/' + std::to_string(rule.window) + "; ";
        }
        return text;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BuiltinRulesTest);
