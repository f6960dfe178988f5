// SPDX-License-Identifier: Apache-2.0
#include "rule.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace mortise::rate_limit;

namespace {

// The rules of these entries; throws the first sentence against them.
std::vector<Rule> rulesOf(const std::vector<std::string>& entries) {
    return parseRules(entries, [](const std::string& sentence) { throw std::invalid_argument(sentence); });
}
Rule ruleOf(const std::string& text) {
    return rulesOf({text}).at(0);
}

} // namespace

class RuleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RuleTest);
    CPPUNIT_TEST(badRulesAreRefused);
    CPPUNIT_TEST(sentencesShowTheRule);
    CPPUNIT_TEST(readsARule);
    CPPUNIT_TEST(appliesToItsRoute);
    CPPUNIT_TEST(routesShareACounter);
    CPPUNIT_TEST(aRouteHasOneRule);
    CPPUNIT_TEST(aRateIsMissing);
    CPPUNIT_TEST(thereIsAMost);
    CPPUNIT_TEST_SUITE_END();

public:
    void badRulesAreRefused() {
        for (const std::string text : {"",
                                       "POST",
                                       "POST /x",
                                       "POST /x 10/15m more",
                                       "post /x 10/15m",
                                       "BREW /x 10/15m",
                                       "** /x 10/15m",
                                       "POST x 10/15m",
                                       "POST /\" 10/15m",
                                       "POST /\\ 10/15m",
                                       "POST /\xc3\xa4 10/15m",
                                       "POST /x 10",
                                       "POST /x /15m",
                                       "POST /x 0/15m",
                                       "POST /x -1/15m",
                                       "POST /x 1.5/15m",
                                       "POST /x 10000001/15m",
                                       "POST /x 99999999999999999999/15m",
                                       "POST /x 10/",
                                       "POST /x 10/m",
                                       "POST /x 10/0m",
                                       "POST /x 10/15",
                                       "POST /x 10/15ms",
                                       "POST /x 10/15y",
                                       "POST /x 10/31d",
                                       "POST /x 10/99999999999999999999s",
                                       "POST /x 10/-1s"})
            CPPUNIT_ASSERT_THROW_MESSAGE(text, rulesOf({text}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(rulesOf({"GET /" + std::string(200, 'x') + " 1/1s"}), std::invalid_argument);
    }
    void sentencesShowTheRule() {
        try {
            rulesOf({"POST /x 0/15m"});
            CPPUNIT_FAIL("it was taken");
        } catch (const std::invalid_argument& fault) {
            CPPUNIT_ASSERT_EQUAL(std::string("'POST /x 0/15m': the number of requests is 1 to 10000000"),
                                 std::string(fault.what()));
        }
    }
    void readsARule() {
        const Rule rule = ruleOf("  POST\t/auth/login  10/15m ");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rule.routes.size());
        CPPUNIT_ASSERT_EQUAL(std::string("POST"), rule.routes[0].method);
        CPPUNIT_ASSERT_EQUAL(std::string("/auth/login"), rule.routes[0].pattern);
        CPPUNIT_ASSERT_EQUAL(10u, rule.maximum);
        CPPUNIT_ASSERT_EQUAL(Seconds{900}, rule.window);
        CPPUNIT_ASSERT_EQUAL(std::string("POST /auth/login"), rule.name());
        CPPUNIT_ASSERT_EQUAL(Seconds{1}, ruleOf("* / 1/1s").window);
        CPPUNIT_ASSERT_EQUAL(Seconds{7200}, ruleOf("GET /files/*rest 1/2h").window);
        CPPUNIT_ASSERT_EQUAL(longest_window, ruleOf("GET /users/:id 10000000/30d").window);
    }
    void appliesToItsRoute() {
        const RuleRoute post = ruleOf("POST /users/:id 1/1s").routes[0];
        CPPUNIT_ASSERT(post.applies("POST", "/users/:id"));
        CPPUNIT_ASSERT(!post.applies("GET", "/users/:id"));
        CPPUNIT_ASSERT(!post.applies("POST", "/users/:i"));
        CPPUNIT_ASSERT(!post.applies("POST", ""));
        const RuleRoute get = ruleOf("GET /x 1/1s").routes[0];
        CPPUNIT_ASSERT(get.applies("GET", "/x"));
        CPPUNIT_ASSERT(get.applies("HEAD", "/x"));
        CPPUNIT_ASSERT(!ruleOf("HEAD /x 1/1s").routes[0].applies("GET", "/x"));
        const RuleRoute any = ruleOf("* /x 1/1s").routes[0];
        CPPUNIT_ASSERT(any.applies("DELETE", "/x"));
        CPPUNIT_ASSERT(!any.applies("DELETE", "/y"));
    }
    void routesShareACounter() {
        const std::vector<Rule> rules =
            rulesOf({"POST /a 1/1s", "POST /auth/register", "* /b/:id", "POST /api/users 10/1h", "GET /c 2/2m"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, rules.size());
        CPPUNIT_ASSERT_EQUAL(std::string("POST /a"), rules[0].name());
        CPPUNIT_ASSERT_EQUAL(std::string("POST /auth/register"), rules[1].name());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, rules[1].routes.size());
        CPPUNIT_ASSERT(rules[1].routes[1] == (RuleRoute{"*", "/b/:id"}));
        CPPUNIT_ASSERT(rules[1].routes[2] == (RuleRoute{"POST", "/api/users"}));
        CPPUNIT_ASSERT(rules[1].maximum == 10 && rules[1].window == 3600);
        CPPUNIT_ASSERT(rules[2].routes.size() == 1 && rules[2].window == 120);
    }
    void aRouteHasOneRule() {
        for (const std::vector<std::string>& entries : {std::vector<std::string>{"GET /a 1/1m", "GET /a 2/1m"},
                                                        {"GET /a", "GET /a 2/1m"},
                                                        {"GET /a 1/1m", "GET /b", "GET /a", "GET /c 2/1m"}})
            CPPUNIT_ASSERT_THROW(rulesOf(entries), std::invalid_argument);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, rulesOf({"GET /a 1/1m", "* /a 2/1m"}).size());
    }
    void aRateIsMissing() {
        for (const std::vector<std::string>& entries :
             {std::vector<std::string>{"GET /a"}, {"GET /a 1/1m", "GET /b"}, {"GET /a", "GET /b"}})
            CPPUNIT_ASSERT_THROW(rulesOf(entries), std::invalid_argument);
        std::string told;
        parseRules({"GET /a 1/1m", "GET /b"}, [&](const std::string& sentence) { told += sentence; });
        CPPUNIT_ASSERT_EQUAL(
            std::string("'GET /b': no rate follows; a rule ends with one, such as 'POST /auth/login 10/15m'"), told);
    }
    void thereIsAMost() {
        std::vector<std::string> entries;
        for (int i = 0; i < 32; ++i) entries.push_back("GET /" + std::to_string(i) + " 1/1m");
        CPPUNIT_ASSERT_EQUAL(maximum_rules, rulesOf(entries).size());
        entries.push_back("GET /more 1/1m");
        CPPUNIT_ASSERT_THROW(rulesOf(entries), std::invalid_argument);
        CPPUNIT_ASSERT_EQUAL(maximum_rules, parseRules(entries, [](const std::string&) {}).size());
        std::vector<std::string> shared;
        for (int i = 0; i < 200; ++i) shared.push_back("GET /" + std::to_string(i));
        shared.push_back("GET /last 1/1m");
        CPPUNIT_ASSERT_THROW(rulesOf(shared), std::invalid_argument);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RuleTest);
