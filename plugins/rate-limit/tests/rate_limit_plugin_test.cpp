// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/crypto.h>
#include <mortise/service/filter.h>
#include <mortise/service/handover.h>

#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <memory>
#include <string>

using namespace mortise::test;

namespace {

// A request as the filter sees it, from its head to its answer.
struct Sent {
    std::string method = "GET", path = "/x", route = "/x", address = "192.0.2.1";
    std::map<std::string, std::string> fields{};
    bool routed = true; // false: answered before the check
};

} // namespace

class RateLimitPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RateLimitPluginTest);
    CPPUNIT_TEST(badRulesAreRefused);
    CPPUNIT_TEST(badPathsAndWindowsAreRefused);
    CPPUNIT_TEST(refusesPastTheLimit);
    CPPUNIT_TEST(tellsHowTheClientStands);
    CPPUNIT_TEST(rulesHaveCountersOfTheirOwn);
    CPPUNIT_TEST(doorsToHashesAreGuarded);
    CPPUNIT_TEST(builtinRulesStayUnlessNamed);
    CPPUNIT_TEST(warnsOfRulesThatGuardLess);
    CPPUNIT_TEST(namesItsRoutes);
    CPPUNIT_TEST(countsWhatEndsBeforeTheCheck);
    CPPUNIT_TEST(skipsProbesAndPreflights);
    CPPUNIT_TEST(slidesWhenTold);
    CPPUNIT_TEST(tellsOnceThatTheTableIsFull);
    CPPUNIT_TEST(handsItsCountersOver);
    CPPUNIT_TEST(needsRandomBytes);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_.give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        plugin_ = std::make_unique<FakeInstance>(host_, module());
    }

    void badRulesAreRefused() {
        CPPUNIT_ASSERT(plugin_->configure({{"rules", "GET /a b/c, GET /b 1/1m, GET /b 2/1m, GET /c 1/1x"},
                                           {"disabled_rules", "login, logn"}}) < 0);
        CPPUNIT_ASSERT_EQUAL(
            std::string("'GET /a b/c': the number of requests is 1 to 10000000\n"
                        "'GET /b 2/1m': 'GET /b' has a rule already\n"
                        "'GET /c 1/1x': the time is 1s to 30d, a whole number and one of s, m, h, d\n"),
            host_.refusedSettings["rules"]);
        CPPUNIT_ASSERT_EQUAL(std::string("'logn' is no built-in rule; they are login, registration and password\n"),
                             host_.refusedSettings["disabled_rules"]);
        FakeHost other;
        FakeInstance many(other, module());
        std::string rules;
        for (int i = 0; i < 33; ++i) rules += (i == 0 ? "GET /" : ", GET /") + std::to_string(i) + " 1/1m";
        CPPUNIT_ASSERT(many.configure({{"rules", rules}}) < 0);
        CPPUNIT_ASSERT_EQUAL(std::string("33 are too many: at most 32\n"), other.refusedSettings["rules"]);
    }
    void badPathsAndWindowsAreRefused() {
        CPPUNIT_ASSERT(plugin_->configure({{"skip", "/health, ready"}, {"window", "1500ms"}}) < 0);
        CPPUNIT_ASSERT_EQUAL(std::string("'ready' is no path: it begins with no '/'\n"), host_.refusedSettings["skip"]);
        CPPUNIT_ASSERT_EQUAL(std::string("it is in whole seconds\n"), host_.refusedSettings["window"]);
    }

    void refusesPastTheLimit() {
        begin({{"limit", "2"}, {"window", "10m"}});
        CPPUNIT_ASSERT_EQUAL(0u, send({}).status);
        CPPUNIT_ASSERT_EQUAL(0u, send({}).status);
        const FakeAnswer refused = send({});
        CPPUNIT_ASSERT_EQUAL(429u, refused.status);
        CPPUNIT_ASSERT(refused.error);
        CPPUNIT_ASSERT_EQUAL(std::string("Too many requests, please try again later."), refused.body);
        const int wait = std::stoi(refused.fields.at("Retry-After"));
        CPPUNIT_ASSERT(wait > 500 && wait <= 600);
        CPPUNIT_ASSERT_EQUAL(std::string("\"default\";r=0;t=") + refused.fields.at("Retry-After"),
                             told_.at("RateLimit"));
        CPPUNIT_ASSERT_EQUAL(0u, send({"GET", "/x", "/x", "192.0.2.2"}).status);
        CPPUNIT_ASSERT_EQUAL(429u, send({"GET", "/x", "/x", "::ffff:192.0.2.1"}).status);
        CPPUNIT_ASSERT_EQUAL(0u, send({"GET", "/x", "/x", "2001:db8::1"}).status);
        CPPUNIT_ASSERT_EQUAL(0u, send({"GET", "/x", "/x", "2001:db8::2"}).status);
        CPPUNIT_ASSERT_EQUAL(429u, send({"GET", "/x", "/x", "2001:db8:0:ff::"}).status);
    }
    void tellsHowTheClientStands() {
        begin({});
        send({});
        CPPUNIT_ASSERT_EQUAL(std::string(R"("default";q=100;w=900)"), told_.at("RateLimit-Policy"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"("default";r=99;t=)"), told_.at("RateLimit").substr(0, 17));
        CPPUNIT_ASSERT_EQUAL(std::string("100"), told_.at("X-RateLimit-Limit"));
        CPPUNIT_ASSERT_EQUAL(std::string("99"), told_.at("X-RateLimit-Remaining"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, told_.size());
    }
    void rulesHaveCountersOfTheirOwn() {
        begin({{"limit", "4"}, {"rules", "POST /login 2/1h"}});
        const Sent login{"POST", "/login", "/login"};
        send(login);
        CPPUNIT_ASSERT_EQUAL(std::string(R"("POST /login";q=2;w=3600)"), told_.at("RateLimit-Policy"));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), told_.at("X-RateLimit-Remaining"));
        send(login);
        CPPUNIT_ASSERT_EQUAL(429u, send(login).status);
        CPPUNIT_ASSERT_EQUAL(std::string("2"), told_.at("X-RateLimit-Limit"));
        // The general limit counted all of them.
        CPPUNIT_ASSERT_EQUAL(0u, send({}).status);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), told_.at("X-RateLimit-Remaining"));
        CPPUNIT_ASSERT_EQUAL(429u, send({}).status);
    }
    void doorsToHashesAreGuarded() {
        begin({{"rules", "GET /x 60/1m"}});
        for (int i = 0; i < 5; ++i) {
            CPPUNIT_ASSERT_EQUAL(0u, send({"POST", "/auth/register", "/auth/register"}).status);
            CPPUNIT_ASSERT_EQUAL(0u, send({"POST", "/api/users", "/api/users"}).status);
        }
        CPPUNIT_ASSERT_EQUAL(429u, send({"POST", "/api/users", "/api/users"}).status);
        CPPUNIT_ASSERT_EQUAL(429u, send({"POST", "/auth/register", "/auth/register"}).status);
        CPPUNIT_ASSERT_EQUAL(0u, send({"GET", "/api/users", "/api/users"}).status);
        for (const std::string path : {"/auth/login", "/auth/password"}) {
            for (int i = 0; i < 10; ++i) CPPUNIT_ASSERT_EQUAL(0u, send({"POST", path, path}).status);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 429u, send({"POST", path, path}).status);
        }
    }
    void builtinRulesStayUnlessNamed() {
        begin({{"rules", "POST /auth/register 20/1h"}, {"disabled_rules", "login, password"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, host_.records.size());
        CPPUNIT_ASSERT_EQUAL(std::string("A rule takes the place of a built-in one"), host_.records[0].message);
        CPPUNIT_ASSERT_EQUAL(std::string("POST /auth/register"), host_.records[0].fields.at("rule"));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_LOG_WARN}, host_.records[0].level);
        CPPUNIT_ASSERT_EQUAL(std::string("password"), host_.records[2].fields.at("builtin"));
        for (int i = 0; i < 11; ++i) {
            CPPUNIT_ASSERT_EQUAL(0u, send({"POST", "/auth/login", "/auth/login"}).status);
            CPPUNIT_ASSERT_EQUAL(0u, send({"POST", "/auth/register", "/auth/register"}).status);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("9"), told_.at("X-RateLimit-Remaining"));
        for (int i = 0; i < 10; ++i) CPPUNIT_ASSERT_EQUAL(0u, send({"POST", "/api/users", "/api/users"}).status);
        CPPUNIT_ASSERT_EQUAL(429u, send({"POST", "/api/users", "/api/users"}).status);
    }
    void warnsOfRulesThatGuardLess() {
        CPPUNIT_ASSERT_EQUAL(
            0, plugin_->configure({{"rules", "POST /auth/login 11/15m, POST /auth/password 1/15m, GET /ready 2/1h"},
                                   {"skip", "/ready, /api/users"}}));
        std::string warned;
        for (const FakeRecord& record : host_.records)
            if (record.level == MORTISE_LOG_WARN)
                warned += record.fields.at("setting") + ": " + record.fields.at("rule") + '\n';
        CPPUNIT_ASSERT_EQUAL(std::string("plugin.rate-limit.rules: POST /auth/login\n"
                                         "plugin.rate-limit.skip: POST /api/users\n"
                                         "plugin.rate-limit.skip: GET /ready\n"),
                             warned);
    }
    // Its own are named to the host, which warns of those that are not there; built-in ones need not be there.
    void namesItsRoutes() {
        begin({{"rules", "POST /a, * /b/:id 1/1m, GET /x 2/1m"}});
        CPPUNIT_ASSERT_EQUAL(std::string("rules POST /a\nrules * /b/:id\nrules GET /x\n"), host_.expectedRoutes);
    }
    void countsWhatEndsBeforeTheCheck() {
        begin({{"limit", "2"}});
        Sent unknown{"GET", "/nowhere", ""};
        unknown.routed = false;
        for (const std::string remaining : {"1", "0", "0"}) {
            CPPUNIT_ASSERT_EQUAL(0u, send(unknown).status);
            CPPUNIT_ASSERT_EQUAL(remaining, told_.at("X-RateLimit-Remaining"));
        }
        CPPUNIT_ASSERT_EQUAL(429u, send({}).status);
    }
    void skipsProbesAndPreflights() {
        begin({{"limit", "1"}});
        for (int i = 0; i < 3; ++i) {
            for (const Sent& free :
                 {Sent{"GET", "/health", "/health"}, Sent{"GET", "/%68ealth", "/health"},
                  Sent{"GET", "/metrics", "", "192.0.2.1", {}, false},
                  Sent{"POST", "/ready", "", "192.0.2.1", {}, false},
                  Sent{"OPTIONS", "/x", "", "192.0.2.1", {{"access-control-request-method", "PUT"}}, false},
                  Sent{"OPTIONS", "/x", "/x", "192.0.2.1", {{"Access-Control-Request-Method", "PUT"}}}}) {
                CPPUNIT_ASSERT_EQUAL(0u, send(free).status);
                CPPUNIT_ASSERT(told_.empty());
            }
        }
        CPPUNIT_ASSERT_EQUAL(0u, send({"OPTIONS", "/x", "/x"}).status);
        CPPUNIT_ASSERT_EQUAL(429u,
                             send({"GET", "/x", "/x", "192.0.2.1", {{"Access-Control-Request-Method", "PUT"}}}).status);
    }
    void slidesWhenTold() {
        begin({{"limit", "2"}, {"window", "10m"}, {"algorithm", "sliding"}});
        send({});
        send({});
        const FakeAnswer refused = send({});
        CPPUNIT_ASSERT_EQUAL(429u, refused.status);
        CPPUNIT_ASSERT(std::stoi(refused.fields.at("Retry-After")) > 600); // half of the first two has to be past
    }
    void tellsOnceThatTheTableIsFull() {
        begin({{"max_clients", "1000"}, {"rules", ""}});
        for (int i = 0; i < 3000; ++i)
            send({"GET", "/x", "/x", "10.0." + std::to_string(i / 200) + '.' + std::to_string(i % 200)});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_.records.size());
        CPPUNIT_ASSERT_EQUAL(std::string("The table of clients is full"), host_.records[0].message);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_LOG_WARN}, host_.records[0].level);
        CPPUNIT_ASSERT_EQUAL(std::string("1000"), host_.records[0].fields.at("maxClients"));
    }
    void handsItsCountersOver() {
        begin({{"limit", "2"}});
        send({});
        send({});
        const auto* const old = plugin_->extension<mortise_plugin_handover>(MORTISE_HANDOVER_EXTENSION);
        std::string state;
        old->give(
            plugin_->self(),
            [](void* context, mortise_view given) { *static_cast<std::string*>(context) = textOf(given); }, &state);
        const std::unique_ptr<FakeInstance> before = std::move(plugin_);
        plugin_ = std::make_unique<FakeInstance>(host_, module());
        begin({{"limit", "3"}});
        const auto* const taker = plugin_->extension<mortise_plugin_handover>(MORTISE_HANDOVER_EXTENSION);
        taker->take(plugin_->self(), viewOf("nonsense"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_.records.size());
        taker->take(plugin_->self(), viewOf(state));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_.records.size());
        CPPUNIT_ASSERT_EQUAL(0u, send({}).status);
        CPPUNIT_ASSERT_EQUAL(429u, send({}).status);
    }
    void needsRandomBytes() {
        host_.absent(MORTISE_CRYPTO_SERVICE);
        FakeInstance bare(host_, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, bare.configure());
        CPPUNIT_ASSERT(bare.start() < 0);
        CPPUNIT_ASSERT(bare.error().find(MORTISE_CRYPTO_SERVICE) != std::string::npos);
    }

private:
    static const mortise_module& module() {
        static const mortise_module& loaded = pluginModule(RATE_LIMIT_FILE);
        return loaded;
    }
    void begin(const std::map<std::string, std::string>& settings) {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure(settings));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->start());
        const auto* const filters = plugin_->extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, filters->filter_count);
        filter_ = &filters->filters[0];
        CPPUNIT_ASSERT_EQUAL(MORTISE_PHASE_AUTHENTICATE | MORTISE_PHASE_RESPOND, filter_->phases);
    }
    // Status 0: it went on. told_ holds the fields of the answer.
    FakeAnswer send(const Sent& sent) {
        FakeRequest fake;
        fake.fields = sent.fields;
        const mortise_exchange exchange = host_.bareRequest(fake);
        mortise_request request = host_.rawRequest(exchange);
        request.method = viewOf(sent.method);
        request.path = viewOf(sent.path);
        request.route = viewOf(sent.route);
        setClient(request, sent.address);
        std::uint64_t slot = 0;
        told_.clear();
        if (sent.routed) {
            const mortise_status status =
                filter_->on_request(filter_->context, MORTISE_PHASE_AUTHENTICATE, exchange, &request, &slot);
            CPPUNIT_ASSERT_EQUAL(host_.answer(exchange).terminalCalls == 0 ? MORTISE_OK : MORTISE_REPLIED, status);
        }
        FakeResponse response(host_);
        filter_->on_respond(filter_->context, exchange, &request, response.raw(), &slot);
        for (const auto& [name, value] : response.fields) CPPUNIT_ASSERT(told_.emplace(name, value).second);
        return host_.answer(exchange);
    }

    FakeCrypto crypto_;
    FakeHost host_;
    std::unique_ptr<FakeInstance> plugin_;
    const mortise_filter* filter_ = nullptr;
    std::map<std::string, std::string> told_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RateLimitPluginTest);
