// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/crypto.hpp>
#include <mortise/database.hpp>
#include <mortise/json.hpp>
#include <mortise/loops.hpp>
#include <mortise/networks.hpp>
#include <mortise/passwords.hpp>
#include <mortise/plugin.hpp>
#include <mortise/readiness.hpp>
#include <mortise/timers.hpp>
#include <mortise/trace.hpp>
#include <mortise/users.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>

using namespace mortise::test;

namespace {

struct Point {
    std::int64_t x = 0;
};
MORTISE_DESCRIBE(Point, field(x).min(1))

class Plugin : public mortise::Plugin<> {
public:
    using PluginBase::crypto, PluginBase::json, PluginBase::log, PluginBase::loops, PluginBase::networks,
        PluginBase::passwords, PluginBase::readiness, PluginBase::service, PluginBase::timers, PluginBase::instanceName;
};

const mortise_module& module() {
    return *mortise::moduleOf<Plugin>(0, nullptr, "test.services", "1.0.0");
}

// The first half of a table, as an older peer would have it.
template<class Table>
std::vector<char> shortened(const Table& whole, std::uint32_t size) {
    std::vector<char> bytes(size);
    std::memcpy(bytes.data(), &whole, size);
    std::memcpy(bytes.data(), &size, sizeof size);
    return bytes;
}

} // namespace

class ServicesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServicesTest);
    CPPUNIT_TEST(absentServicesAreNullObjects);
    CPPUNIT_TEST(absentDatabaseAndUsers);
    CPPUNIT_TEST(shortUsersReadAsAbsent);
    CPPUNIT_TEST(whatATimerCapturedIsReleased);
    CPPUNIT_TEST(shortTablesReadAsAbsent);
    CPPUNIT_TEST(tapesAreChecked);
    CPPUNIT_TEST(longTablesAreCut);
    CPPUNIT_TEST(shortRequestsReadAsAbsent);
    CPPUNIT_TEST(hasLooksAtTheSize);
    CPPUNIT_TEST(structsAreMadeAndAsked);
    CPPUNIT_TEST(elementsHaveTheirPeersStride);
    CPPUNIT_TEST(statusesOfALaterPeer);
    CPPUNIT_TEST(flagsOfALaterHost);
    CPPUNIT_TEST(errorTextIsBounded);
    CPPUNIT_TEST(parsesJson);
    CPPUNIT_TEST(logsTypedFields);
    CPPUNIT_TEST(timersThatAreRefusedAreForgotten);
    CPPUNIT_TEST_SUITE_END();

public:
    void absentServicesAreNullObjects() {
        FakeHost host;
        host.allAbsent();
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        CPPUNIT_ASSERT(!plugin.crypto() && !plugin.passwords() && !plugin.timers() && !plugin.json());
        CPPUNIT_ASSERT(!plugin.networks() && !plugin.loops() && !plugin.readiness());
        plugin.log().error("goes nowhere");
        CPPUNIT_ASSERT(!plugin.log().enabled(MORTISE_LOG_FATAL));
        CPPUNIT_ASSERT_THROW(plugin.crypto().uuid7(), mortise::Absent);
        CPPUNIT_ASSERT_THROW(plugin.crypto().random(8), mortise::Absent);
        CPPUNIT_ASSERT_THROW(plugin.crypto().hmacKey("x"), mortise::Absent);
        CPPUNIT_ASSERT_THROW(mortise::HmacKey().sign("x"), mortise::Absent);
        CPPUNIT_ASSERT_THROW(plugin.passwords().hash("x", [](mortise::HashResult) {}), mortise::Absent);
        CPPUNIT_ASSERT_THROW(plugin.timers().after(std::chrono::seconds(1), [] {}), mortise::Absent);
        CPPUNIT_ASSERT(!plugin.timers().cancel(1));
        CPPUNIT_ASSERT_THROW(plugin.json().parse<Point>("{}"), mortise::Absent);
        CPPUNIT_ASSERT_THROW(plugin.networks().list({"::1"}), mortise::Absent);
        CPPUNIT_ASSERT(!mortise::NetworkList().contains("::1"));
        CPPUNIT_ASSERT_EQUAL(0u, plugin.loops().current());
        CPPUNIT_ASSERT(!plugin.loops().atBatchEnd([](void*) {}, nullptr));
        CPPUNIT_ASSERT_THROW(plugin.readiness().check([](mortise::ReadinessOutcome) {}), mortise::Absent);
    }
    void absentDatabaseAndUsers() {
        FakeHost host;
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        const auto users = plugin.service<mortise::Users>();
        CPPUNIT_ASSERT(!users && !users.findById("x") && !users.findByEmail("x"));
        CPPUNIT_ASSERT_THROW(users.create(mortise::Turn(), {"a", "b", "c"}), mortise::Absent);
        const auto database = plugin.service<mortise::Database>();
        CPPUNIT_ASSERT(!database && !mortise::Database());
        CPPUNIT_ASSERT_THROW(database.statement("SELECT 1"), mortise::Absent);
        CPPUNIT_ASSERT_THROW(database.read({}, {}, [](const mortise::Row&) {}), mortise::Absent);
        CPPUNIT_ASSERT_THROW(database.transact([](mortise::Transaction&) {}), mortise::Absent);
        CPPUNIT_ASSERT_THROW(database.dataVersion(), mortise::Absent);
    }
    void shortUsersReadAsAbsent() {
        // As a provider whose headers ended before the role: what follows is not its own.
        struct Provider {
            static mortise_status find(void*, mortise_view, mortise_user_visitor visit, void* context, mortise_error*) {
                mortise_user user{};
                user.struct_size = offsetof(mortise_user, role);
                user.id = viewOf("1");
                user.email = viewOf("a@example.com");
                user.role = viewOf("admin");
                user.created_ms = 5;
                visit(context, &user);
                return MORTISE_OK;
            }
        };
        mortise_users_table table{};
        table.struct_size = offsetof(mortise_users_table, renew_password_hash);
        table.find_by_id = &Provider::find;
        table.set_password_hash = [](void*, mortise_exchange, mortise_view, mortise_view, mortise_view,
                                     mortise_error*) -> mortise_status { return MORTISE_OK; };
        table.renew_password_hash = [](void*, mortise_exchange, mortise_view, mortise_view, mortise_view,
                                       mortise_error*) -> mortise_status { return MORTISE_ERROR; }; // not its own
        FakeHost host;
        host.give(MORTISE_USERS_SERVICE, &table, nullptr);
        const mortise::Users users(host.raw());
        bool seen = false;
        CPPUNIT_ASSERT(users.visitById("1", [&](const mortise_user& user) {
            seen = true;
            CPPUNIT_ASSERT(mortise::text(user.id) == "1" && mortise::text(user.email) == "a@example.com");
            CPPUNIT_ASSERT(mortise::text(user.role).empty() && user.created_ms == 0);
        }));
        CPPUNIT_ASSERT(seen);
        CPPUNIT_ASSERT(!users.keepsTokenEpochs());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, users.findById("1")->tokenEpoch);
        CPPUNIT_ASSERT(users.renewPasswordHash({}, "1", "old", "new")); // by the function that was there before
    }
    // By whoever took it: after it ran, when it is cancelled, or before `stop`.
    void whatATimerCapturedIsReleased() {
        FakeHost host;
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        const auto alive = std::make_shared<int>(0);
        plugin.timers().after(std::chrono::seconds(1), [alive] { ++*alive; });
        CPPUNIT_ASSERT_EQUAL(2L, alive.use_count());
        host.runPending();
        CPPUNIT_ASSERT_EQUAL(1L, alive.use_count());
        const auto id = plugin.timers().after(std::chrono::seconds(1), [alive] { ++*alive; });
        CPPUNIT_ASSERT(plugin.timers().cancel(id) && !plugin.timers().cancel(id));
        CPPUNIT_ASSERT_EQUAL(1L, alive.use_count());
        plugin.timers().after(std::chrono::seconds(1), [alive] { ++*alive; });
        host.cancelTimers();
        CPPUNIT_ASSERT_EQUAL(1L, alive.use_count());
        plugin.passwords().hash("x", [alive](mortise::HashResult) { ++*alive; });
        host.runPending();
        CPPUNIT_ASSERT_EQUAL(1L, alive.use_count());
        CPPUNIT_ASSERT_EQUAL(2, *alive);
    }
    void shortTablesReadAsAbsent() {
        FakeHost host;
        const auto timer = shortened(host.timerTable, offsetof(mortise_timer_table, cancel));
        host.give(MORTISE_TIMER_SERVICE, timer.data(), &host);
        const auto log = shortened(host.logTable, offsetof(mortise_log_table, write));
        host.give(MORTISE_LOG_SERVICE, log.data(), &host);
        const auto nothing = shortened(host.jsonTable, sizeof(std::uint32_t));
        host.give(MORTISE_JSON_SERVICE, nothing.data(), &host);
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        const auto id = plugin.timers().after(std::chrono::seconds(1), [] {});
        CPPUNIT_ASSERT(!plugin.timers().cancel(id));
        plugin.log().error("goes nowhere");
        CPPUNIT_ASSERT(host.records.empty());
        CPPUNIT_ASSERT(plugin.log().enabled(MORTISE_LOG_INFO));
        CPPUNIT_ASSERT_THROW(plugin.json().schema("{}"), mortise::Absent);
        const auto older = shortened(host.jsonTable, offsetof(mortise_json_table, check));
        host.give(MORTISE_JSON_SERVICE, older.data(), &host);
        std::vector<mortise::Detail> details;
        CPPUNIT_ASSERT_THROW(plugin.json().check(mortise_json_tape{}, {}, "body", details, [](auto&) {}),
                             mortise::Absent);
    }
    void tapesAreChecked() {
        FakeHost host;
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        const auto& json = static_cast<Plugin*>(instance.self())->json();
        const auto schema = json.schema(R"({"type":"object","properties":{"n":{"type":"integer","default":3}}})");
        const auto check = [&](std::string_view source, std::vector<mortise::Detail>& details, auto&& use) {
            bool passed = false;
            json.visit(source, {}, [&](const mortise_json_tape& tape) {
                passed = json.check(tape, schema, "query", details, use);
            });
            return passed;
        };
        std::vector<mortise::Detail> details;
        std::uint32_t members = 0;
        CPPUNIT_ASSERT(check("{}", details, [&](const mortise_json_tape& tape) { members = tape.nodes[0].length; }));
        CPPUNIT_ASSERT_EQUAL(1u, members);
        CPPUNIT_ASSERT(!check(R"({"n":"x"})", details, [](auto&) { CPPUNIT_FAIL("it did not pass"); }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, details.size());
        CPPUNIT_ASSERT_EQUAL(std::string("query /n type"),
                             details[0].in + " " + details[0].path + " " + details[0].code);
        CPPUNIT_ASSERT_THROW(json.check(mortise_json_tape{}, schema, "query", details, [](auto&) {}), mortise::Invalid);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, details.size());
        CPPUNIT_ASSERT_THROW(check("{}", details, [](auto&) { throw std::length_error("from use"); }),
                             std::length_error);
    }
    void longTablesAreCut() {
        FakeHost host;
        std::vector<char> longer(sizeof host.timerTable + 64, '\x55');
        std::memcpy(longer.data(), &host.timerTable, sizeof host.timerTable);
        const auto size = static_cast<std::uint32_t>(longer.size());
        std::memcpy(longer.data(), &size, sizeof size);
        host.give(MORTISE_TIMER_SERVICE, longer.data(), &host);
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        CPPUNIT_ASSERT(plugin.timers().cancel(plugin.timers().after(std::chrono::seconds(1), [] {})));
    }
    void shortRequestsReadAsAbsent() {
        FakeHost host;
        FakeRequest given;
        given.fields = {{"A", "1"}};
        given.principal = "me";
        mortise_request raw = host.rawRequest(host.bareRequest(given));
        raw.struct_size = offsetof(mortise_request, principal);
        const mortise::detail::Runtime runtime;
        const mortise::Request request(runtime, 1, raw);
        CPPUNIT_ASSERT(request.field("a") == "1");
        CPPUNIT_ASSERT(!request.principal() && request.principal().id().empty());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, request.receivedAt().unixMilliseconds);
        CPPUNIT_ASSERT(!request.cancelled());
        CPPUNIT_ASSERT(request.trace().traceId() == std::string(32, '0') && request.trace().state().empty());
    }
    void statusesOfALaterPeer() {
        using mortise::detail::peerStatus;
        for (const mortise_status known : {0, 1, 2, 3, -1, -2, -3, -4, -5, -6, -7, -8})
            CPPUNIT_ASSERT_EQUAL(known == 0 ? MORTISE_OK : MORTISE_ERROR, peerStatus(known));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, peerStatus(MORTISE_STALE, MORTISE_BUSY, MORTISE_STALE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, peerStatus(MORTISE_ABSENT, MORTISE_ABSENT));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, peerStatus(4, MORTISE_STALE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, peerStatus(INT32_MAX));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, peerStatus(-9, MORTISE_STALE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, peerStatus(INT32_MIN));

        mortise::detail::raise(4, "later success");
        try {
            mortise::detail::raise(-9, "later failure");
            CPPUNIT_FAIL("not thrown");
        } catch (const mortise::Error& error) {
            CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, error.status());
        }
        CPPUNIT_ASSERT_THROW(mortise::detail::raise(MORTISE_PENDING, "not listed"), mortise::Error);

        FakeHost host;
        host.timerTable.cancel = [](void*, std::uint64_t id) { return static_cast<mortise_status>(id) - 100; };
        FakeInstance later(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, later.configure());
        const auto& plugin = *static_cast<Plugin*>(later.self());
        CPPUNIT_ASSERT(plugin.timers().cancel(100) && plugin.timers().cancel(177));
        CPPUNIT_ASSERT(!plugin.timers().cancel(103) && !plugin.timers().cancel(101) && !plugin.timers().cancel(23));
    }
    void flagsOfALaterHost() {
        FakeHost host;
        mortise_request raw = host.rawRequest(host.bareRequest({}));
        raw.flags |= ~(MORTISE_REQUEST_TLS | MORTISE_REQUEST_CLIENT_UNKNOWN);
        raw.client_family = 99;
        const mortise::detail::Runtime runtime;
        const mortise::Request request(runtime, 1, raw);
        CPPUNIT_ASSERT(!request.tls() && request.isClientKnown());
        mortise_trace trace{};
        trace.flags = ~MORTISE_TRACE_SAMPLED;
        CPPUNIT_ASSERT(!mortise::Trace(trace).sampled());
        trace.flags = ~0u;
        CPPUNIT_ASSERT(mortise::Trace(trace).sampled());
    }
    void hasLooksAtTheSize() {
        FakeHost host;
        mortise_timer_table table = host.timerTable;
        CPPUNIT_ASSERT(mortise::has(table, &mortise_timer_table::cancel));
        table.struct_size = offsetof(mortise_timer_table, cancel) + 4;
        CPPUNIT_ASSERT(!mortise::has(table, &mortise_timer_table::cancel));
        CPPUNIT_ASSERT(mortise::has(table, &mortise_timer_table::after));
        table.after = nullptr;
        CPPUNIT_ASSERT(!mortise::has(table, &mortise_timer_table::after));
    }
    void structsAreMadeAndAsked() {
        static_assert(MORTISE_INIT(mortise_reply).struct_size == sizeof(mortise_reply));
        static_assert(MORTISE_SIZE_TO(mortise_timer_table, struct_size) == sizeof(std::uint32_t));
        mortise_timer_table table = MORTISE_INIT(mortise_timer_table);
        const mortise_timer_table* const peer = &table;
        CPPUNIT_ASSERT(!MORTISE_HAS(peer, cancel)); // there, but not set
        table.cancel = [](void*, std::uint64_t) { return mortise_status{MORTISE_OK}; };
        CPPUNIT_ASSERT(MORTISE_HAS(peer, cancel));
        table.struct_size = static_cast<std::uint32_t>(MORTISE_SIZE_TO(mortise_timer_table, cancel) - 1);
        CPPUNIT_ASSERT(!MORTISE_HAS(peer, cancel));
        table.struct_size = 0;
        CPPUNIT_ASSERT(!MORTISE_HAS(peer, after));
    }
    void elementsHaveTheirPeersStride() {
        struct Short {
            std::uint64_t first;
        };
        struct Long {
            std::uint64_t first, second;
        };
        const Short older[] = {{1}, {2}};
        const Long newer[] = {{1, 10}, {2, 20}};
        std::uint64_t sum = 0;
        for (const Long& one : mortise::detail::Elements<Long>(reinterpret_cast<const Long*>(older), 2, sizeof(Short)))
            sum += one.first + one.second;
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, sum);
        for (const Short& one :
             mortise::detail::Elements<Short>(reinterpret_cast<const Short*>(newer), 2, sizeof(Long)))
            sum += one.first;
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{6}, sum);
        for (const std::uint64_t stride : {0u, 4u, 8u, 20u})
            CPPUNIT_ASSERT(!mortise::detail::Elements<Long>(newer, 2, stride).valid());
        CPPUNIT_ASSERT(mortise::detail::Elements<Long>(newer, 2, 24).valid());
        CPPUNIT_ASSERT(mortise::detail::Elements<Long>(nullptr, 2, 0).empty());
    }
    void errorTextIsBounded() {
        char room[5] = {};
        mortise_error error{room, 4, 0};
        mortise::detail::tell(&error, "abcdefgh");
        CPPUNIT_ASSERT_EQUAL(4u, error.length);
        CPPUNIT_ASSERT_EQUAL(std::string("abcd"), std::string(room));
        mortise::detail::tell(&error, "abcé");
        CPPUNIT_ASSERT_EQUAL(3u, error.length);
        mortise::detail::tell(nullptr, "x");
        error.message = nullptr;
        mortise::detail::tell(&error, "x");
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT,
                             mortise::detail::guard(nullptr, [] { throw mortise::UniqueConflict("x"); }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, mortise::detail::guard(nullptr, [] { throw mortise::Absent("x"); }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, mortise::detail::guard(nullptr, [] { throw 1; }));
    }
    void parsesJson() {
        FakeHost host;
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        CPPUNIT_ASSERT(!plugin.json().parse<Point>("{"));
        CPPUNIT_ASSERT(!plugin.json().parse<Point>(R"({"x":0})"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, plugin.json().parse<Point>(R"({"x":5})")->x);
        CPPUNIT_ASSERT_THROW(plugin.json().schema("nonsense"), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(
            plugin.json().visit("{}", {}, [](const mortise_json_tape&) { throw std::logic_error("x"); }),
            std::logic_error);
    }
    void logsTypedFields() {
        FakeHost host;
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        plugin.log("tokens").of(7).warn("message", {{"text", "a"}, {"number", 5u}, {"real", 0.5}, {"yes", true}});
        const FakeRecord& record = host.records.back();
        CPPUNIT_ASSERT_EQUAL(MORTISE_LOG_WARN, record.level);
        CPPUNIT_ASSERT_EQUAL(std::string("tokens"), record.logger);
        CPPUNIT_ASSERT_EQUAL(mortise_exchange{7}, record.exchange);
        CPPUNIT_ASSERT(record.fields == (std::map<std::string, std::string>{
                                            {"text", "a"}, {"number", "5"}, {"real", "0.500000"}, {"yes", "1"}}));
        CPPUNIT_ASSERT(plugin.instanceName() == "test");
    }
    void timersThatAreRefusedAreForgotten() {
        FakeHost host;
        host.timerTable.after = [](void*, std::uint64_t, void (*)(void*), void*, void (*)(void*),
                                   std::uint64_t*) -> mortise_status { return MORTISE_BUSY; };
        FakeInstance instance(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance.configure());
        auto& plugin = *static_cast<Plugin*>(instance.self());
        const auto alive = std::make_shared<int>(1);
        CPPUNIT_ASSERT_THROW(plugin.timers().after(std::chrono::seconds(1), [alive] {}), mortise::Busy);
        CPPUNIT_ASSERT_EQUAL(1L, alive.use_count());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServicesTest);
