// SPDX-License-Identifier: Apache-2.0
#include "limit_fields.hpp"
#include "limiter.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace mortise::rate_limit;

namespace {

// Answers what it is told to and remembers what it was asked.
class ScriptedStore final : public CounterStore {
public:
    Standing count(const Client&, std::uint8_t limit, Seconds now) noexcept override {
        asked += std::to_string(limit) + '@' + std::to_string(now) + ' ';
        return standings.at(limit);
    }
    std::string asked;
    std::vector<Standing> standings;
};

std::vector<Rule> rulesOf(const std::vector<std::string>& entries) {
    return parseRules(entries, [](const std::string& sentence) { throw std::invalid_argument(sentence); });
}

} // namespace

class LimiterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LimiterTest);
    CPPUNIT_TEST(aRefusalEndsTheCount);
    CPPUNIT_TEST(aRuleRefuses);
    CPPUNIT_TEST(theTightestIsShown);
    CPPUNIT_TEST(onlyRulesOfTheRouteCount);
    CPPUNIT_TEST(routesOfOneRuleCountOnce);
    CPPUNIT_TEST(twinsCountAsRequests);
    CPPUNIT_TEST(twinsEndWithARefusal);
    CPPUNIT_TEST(twinsThatAreSkipped);
    CPPUNIT_TEST(whatIsNotedIsNotRefused);
    CPPUNIT_TEST(skipsPathsAndPatterns);
    CPPUNIT_TEST(ticketsKeepVerdicts);
    CPPUNIT_TEST(fieldsOfALimit);
    CPPUNIT_TEST(fieldsOfTheLongestNames);
    CPPUNIT_TEST(resetStaysTheSameSecond);
    CPPUNIT_TEST_SUITE_END();

public:
    void aRefusalEndsTheCount() {
        store_.standings = {{true, 0, 900}, {false, 5, 900}, {false, 5, 900}};
        const Verdict verdict = check("POST", "/login");
        CPPUNIT_ASSERT(verdict.standing.refused);
        CPPUNIT_ASSERT_EQUAL(0u, unsigned{verdict.limit});
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 "), store_.asked);
    }
    void aRuleRefuses() {
        store_.standings = {{false, 0, 900}, {true, 0, 60}, {false, 5, 900}};
        const Verdict verdict = check("POST", "/login");
        CPPUNIT_ASSERT(verdict.standing.refused);
        CPPUNIT_ASSERT_EQUAL(1u, unsigned{verdict.limit});
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 1@7 "), store_.asked);
    }
    void theTightestIsShown() {
        store_.standings = {{false, 50, 900}, {false, 9, 60}, {false, 8, 60}};
        CPPUNIT_ASSERT_EQUAL(2u, unsigned{check("POST", "/login").limit});
        store_.standings = {{false, 5, 900}, {false, 9, 60}, {false, 8, 60}};
        CPPUNIT_ASSERT_EQUAL(0u, unsigned{check("POST", "/login").limit});
        store_.standings = {{false, 5, 900}, {false, 5, 60}, {false, 8, 60}};
        CPPUNIT_ASSERT_EQUAL(1u, unsigned{check("POST", "/login").limit});
    }
    void onlyRulesOfTheRouteCount() {
        store_.standings = {{false, 50, 900}, {false, 9, 60}, {false, 8, 60}};
        CPPUNIT_ASSERT_EQUAL(2u, unsigned{check("GET", "/login").limit});
        CPPUNIT_ASSERT_EQUAL(0u, unsigned{check("POST", "/other").limit});
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 2@7 0@7 "), store_.asked);
    }
    void routesOfOneRuleCountOnce() {
        const Limiter limiter({}, rulesOf({"GET /x", "HEAD /x 10/1m", "* /a", "GET /b", "POST /a", "GET /a 9/1h",
                                           "HEAD /a", "* /x 8/1m"}));
        store_.standings = {{false, 50, 900}, {false, 9, 60}, {false, 8, 60}, {false, 7, 60}};
        const auto asked = [&](std::string_view method, std::string_view route) {
            store_.asked.clear();
            limiter.check(store_, {}, method, route, 7);
            return store_.asked;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 1@7 3@7 "), asked("HEAD", "/x"));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 1@7 3@7 "), asked("GET", "/x"));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 3@7 "), asked("PUT", "/x"));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 2@7 "), asked("POST", "/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 2@7 "), asked("GET", "/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 2@7 3@7 "), asked("HEAD", "/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 2@7 "), asked("GET", "/b"));
    }
    void twinsCountAsRequests() {
        const Limiter limiter({"/health"}, rulesOf({"POST /graphql", "POST /a 9/1h", "* /a 8/1h", "POST /b 7/1h"}));
        store_.standings = {{false, 50, 900}, {false, 9, 60}, {false, 8, 60}, {false, 7, 60}};
        const auto asked = [&](const std::vector<std::string_view>& twins, std::string_view route = "POST /graphql") {
            store_.asked.clear();
            CPPUNIT_ASSERT(!limiter.checkTwins(store_, {}, route, twins, 7).standing.refused);
            return store_.asked;
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), asked({}));
        // The general limit and the rule that both share have counted the request.
        CPPUNIT_ASSERT_EQUAL(std::string("2@7 "), asked({"POST /a"}));
        CPPUNIT_ASSERT_EQUAL(std::string("2@7 0@7 1@7 2@7 "), asked({"POST /a", "POST /a"}));
        CPPUNIT_ASSERT_EQUAL(std::string("3@7 0@7 1@7 2@7 "), asked({"POST /b", "POST /a"}, "POST /elsewhere"));
        CPPUNIT_ASSERT_EQUAL(std::string("3@7 0@7 2@7 0@7 3@7 "), asked({"POST /b", "POST /a", "POST /b"}));
        CPPUNIT_ASSERT_EQUAL(std::string("2@7 "), asked({"PUT /a"}));
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 0@7 "), asked({"", "", "nonsense"})); // of no route: the general one
    }
    void twinsEndWithARefusal() {
        store_.standings = {{false, 50, 900}, {true, 0, 60}, {false, 8, 60}, {true, 0, 30}};
        const Verdict verdict = limiter_.checkTwins(store_, {}, "POST /graphql", {"POST /login", "GET /other"}, 7);
        CPPUNIT_ASSERT(verdict.standing.refused);
        CPPUNIT_ASSERT_EQUAL(1u, unsigned{verdict.limit});
        CPPUNIT_ASSERT_EQUAL(Seconds{60}, verdict.standing.reset);
        CPPUNIT_ASSERT_EQUAL(std::string("1@7 "), store_.asked);
    }
    void twinsThatAreSkipped() {
        store_.standings = {{false, 50, 900}, {false, 9, 60}, {false, 8, 60}, {false, 7, 60}};
        limiter_.checkTwins(store_, {}, "POST /graphql", {"POST /health", "POST /health"}, 7);
        CPPUNIT_ASSERT_EQUAL(std::string(), store_.asked);
        limiter_.checkTwins(store_, {}, "POST /health", {"GET /other"}, 7); // nothing has counted the request
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 2@7 "), store_.asked);
    }
    void whatIsNotedIsNotRefused() {
        store_.standings = {{true, 0, 900}, {}, {}};
        const Verdict verdict = limiter_.note(store_, {}, 7);
        CPPUNIT_ASSERT(!verdict.standing.refused);
        CPPUNIT_ASSERT_EQUAL(std::string("0@7 "), store_.asked);
    }
    void skipsPathsAndPatterns() {
        CPPUNIT_ASSERT(limiter_.skips("/health", ""));
        CPPUNIT_ASSERT(limiter_.skips("/%68ealth", "/health"));
        CPPUNIT_ASSERT(limiter_.skips("/files/a/b", "/files/*rest"));
        CPPUNIT_ASSERT(!limiter_.skips("/health/", ""));
        CPPUNIT_ASSERT(!limiter_.skips("/healthy", "/:any"));
        CPPUNIT_ASSERT(!limiter_.skips("", ""));
    }

    void ticketsKeepVerdicts() {
        CPPUNIT_ASSERT(!Ticket::verdict(Ticket::untouched));
        CPPUNIT_ASSERT(!Ticket::verdict(Ticket::exempt));
        for (const bool refused : {false, true})
            for (const std::uint8_t limit : {0, 1, 32})
                for (const std::uint32_t remaining : {0u, 1u, 99u, most_requests})
                    for (const Seconds reset : {0u, 1u, 4711u, 0x7fff'ffffu}) {
                        const std::uint64_t word = Ticket::of({limit, {refused, remaining, reset}});
                        const auto verdict = Ticket::verdict(word);
                        CPPUNIT_ASSERT(verdict.has_value());
                        CPPUNIT_ASSERT_EQUAL(refused, verdict->standing.refused);
                        CPPUNIT_ASSERT_EQUAL(unsigned{limit}, unsigned{verdict->limit});
                        CPPUNIT_ASSERT_EQUAL(remaining, verdict->standing.remaining);
                        CPPUNIT_ASSERT_EQUAL(reset, verdict->standing.reset);
                    }
    }

    void fieldsOfALimit() {
        const auto fields =
            fieldsOf({"default", {100, 900, Algorithm::fixed}}, {false, 99, 5900}, 5000'300, 1'767'322'984'678);
        CPPUNIT_ASSERT_EQUAL(std::string(R"("default";q=100;w=900)"), fields.at("RateLimit-Policy"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"("default";r=99;t=900)"), fields.at("RateLimit"));
        CPPUNIT_ASSERT_EQUAL(std::string("100"), fields.at("X-RateLimit-Limit"));
        CPPUNIT_ASSERT_EQUAL(std::string("99"), fields.at("X-RateLimit-Remaining"));
        CPPUNIT_ASSERT_EQUAL(std::string("1767323884"), fields.at("X-RateLimit-Reset"));
        // An answer that comes after the window's end.
        const auto late =
            fieldsOf({"default", {100, 900, Algorithm::fixed}}, {false, 99, 5900}, 5901'000, 1'767'323'885'378);
        CPPUNIT_ASSERT_EQUAL(std::string(R"("default";r=99;t=0)"), late.at("RateLimit"));
        CPPUNIT_ASSERT_EQUAL(std::string("1767323885"), late.at("X-RateLimit-Reset"));
    }
    void fieldsOfTheLongestNames() {
        const std::string name = rulesOf({"OPTIONS /" + std::string(199, 'x') + " 1/1s"}).at(0).name();
        const auto fields = fieldsOf({name, {most_requests, longest_window, Algorithm::fixed}},
                                     {false, most_requests, longest_window}, 0, 1'767'322'984'678);
        CPPUNIT_ASSERT_EQUAL('"' + name + "\";r=10000000;t=2592000", fields.at("RateLimit"));
    }
    void resetStaysTheSameSecond() {
        const NamedLimit limit{"default", {100, 900, Algorithm::fixed}};
        for (std::uint64_t later = 0; later < 900'000; later += 333)
            CPPUNIT_ASSERT_EQUAL(
                std::string("1767323884"),
                fieldsOf(limit, {false, 9, 5900}, 5000'300 + later, 1'767'322'984'678 + later).at("X-RateLimit-Reset"));
    }

private:
    Verdict check(const std::string& method, const std::string& route) {
        return limiter_.check(store_, {}, method, route, 7);
    }
    static std::map<std::string, std::string> fieldsOf(const NamedLimit& limit, const Standing& standing,
                                                       std::uint64_t now_ms, std::uint64_t unix_ms) {
        std::map<std::string, std::string> fields;
        const auto add = [&](std::string_view name, std::string_view value) { fields.emplace(name, value); };
        const LimitFields written(limit);
        for (const auto& [name, value] : written.constant()) add(name, value);
        written.write(standing, now_ms, unix_ms, add);
        return fields;
    }

    ScriptedStore store_;
    Limiter limiter_{{"/health", "/files/*rest"}, rulesOf({"POST /login 9/1m", "* /login", "GET /other 8/1m"})};
};

CPPUNIT_TEST_SUITE_REGISTRATION(LimiterTest);
