// SPDX-License-Identifier: Apache-2.0
#include "rule.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>

using namespace mortise::rate_limit;

class RuleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RuleTest);
    CPPUNIT_TEST(badRulesAreRefused);
    CPPUNIT_TEST(sentencesShowTheRule);
    CPPUNIT_TEST(readsARule);
    CPPUNIT_TEST(appliesToItsRoute);
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
            CPPUNIT_ASSERT_THROW_MESSAGE(text, parseRule(text), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(parseRule("GET /" + std::string(200, 'x') + " 1/1s"), std::invalid_argument);
    }
    void sentencesShowTheRule() {
        try {
            parseRule("POST /x 0/15m");
            CPPUNIT_FAIL("it was taken");
        } catch (const std::invalid_argument& fault) {
            CPPUNIT_ASSERT_EQUAL(std::string("'POST /x 0/15m': the number of requests is 1 to 10000000"),
                                 std::string(fault.what()));
        }
    }
    void readsARule() {
        const Rule rule = parseRule("  POST\t/auth/login  10/15m ");
        CPPUNIT_ASSERT_EQUAL(std::string("POST"), rule.method);
        CPPUNIT_ASSERT_EQUAL(std::string("/auth/login"), rule.pattern);
        CPPUNIT_ASSERT_EQUAL(10u, rule.most);
        CPPUNIT_ASSERT_EQUAL(Seconds{900}, rule.window);
        CPPUNIT_ASSERT_EQUAL(std::string("POST /auth/login"), rule.name());
        CPPUNIT_ASSERT_EQUAL(Seconds{1}, parseRule("* / 1/1s").window);
        CPPUNIT_ASSERT_EQUAL(Seconds{7200}, parseRule("GET /files/*rest 1/2h").window);
        CPPUNIT_ASSERT_EQUAL(longest_window, parseRule("GET /users/:id 10000000/30d").window);
    }
    void appliesToItsRoute() {
        const Rule post = parseRule("POST /users/:id 1/1s");
        CPPUNIT_ASSERT(post.applies("POST", "/users/:id"));
        CPPUNIT_ASSERT(!post.applies("GET", "/users/:id"));
        CPPUNIT_ASSERT(!post.applies("POST", "/users/:i"));
        CPPUNIT_ASSERT(!post.applies("POST", ""));
        const Rule get = parseRule("GET /x 1/1s");
        CPPUNIT_ASSERT(get.applies("GET", "/x"));
        CPPUNIT_ASSERT(get.applies("HEAD", "/x"));
        CPPUNIT_ASSERT(!parseRule("HEAD /x 1/1s").applies("GET", "/x"));
        const Rule any = parseRule("* /x 1/1s");
        CPPUNIT_ASSERT(any.applies("DELETE", "/x"));
        CPPUNIT_ASSERT(!any.applies("DELETE", "/y"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RuleTest);
