// SPDX-License-Identifier: Apache-2.0
// Every function of every service of the host, called with NULL for whatever is a pointer, in a turn and out of it.
#include "dispatch_fixture.hpp"

#include <mortise/service/clock.h>
#include <mortise/service/contributions.h>
#include <mortise/service/crypto.h>
#include <mortise/service/json.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/network.h>
#include <mortise/service/password.h>
#include <mortise/service/readiness.h>
#include <mortise/service/task.h>
#include <mortise/service/timer.h>

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace mortise::dispatch {
namespace {

struct Nothing {
    mortise_exchange exchange; // also where a size is expected, beside a pointer that is NULL
    std::uint32_t count;

    template<class T>
    T as() const {
        if constexpr (std::is_pointer_v<T>)
            return nullptr;
        else if constexpr (std::is_same_v<T, mortise_view>)
            return {nullptr, exchange};
        else if constexpr (std::is_same_v<T, std::uint64_t>)
            return exchange;
        else
            return static_cast<T>(count);
    }
};

// What a call came to; what returns no status has come to MORTISE_OK.
struct Function {
    std::string name;
    std::function<mortise_status(tests::Plugin&, Nothing)> call;
};

template<class Table, class Result, class... Arguments>
Function functionOf(const char* service, const char* name, Result (*Table::*member)(void*, Arguments...)) {
    return {std::string(service) + " " + name, [service, member](tests::Plugin& plugin, Nothing nothing) {
                mortise_service found{};
                plugin.host->get_service(plugin.host->context, host::view(service), &found, nullptr);
                CPPUNIT_ASSERT_MESSAGE(service, found.table != nullptr);
                const auto call = static_cast<const Table*>(found.table)->*member;
                if constexpr (std::is_same_v<Result, mortise_status>) {
                    return call(found.self, nothing.as<Arguments>()...);
                } else if constexpr (std::is_same_v<Result, mortise_hmac_key*>) {
                    // No bytes are a secret, too: that key is the caller's.
                    static_cast<const mortise_crypto_table*>(found.table)
                        ->hmac_key_free(found.self, call(found.self, nothing.as<Arguments>()...));
                    return MORTISE_OK;
                } else {
                    call(found.self, nothing.as<Arguments>()...);
                    return MORTISE_OK;
                }
            }};
}

template<class Member>
struct Named {
    const char* name;
    Member member;
};
template<class Member>
Named(const char*, Member) -> Named<Member>;

// All functions of a table: where one is missing here, it does not compile.
template<class Table, class... Members>
void add(std::vector<Function>& all, const char* service, Named<Members>... functions) {
    static_assert(sizeof(Table) == 2 * sizeof(std::uint32_t) + sizeof...(functions) * sizeof(void (*)()),
                  "a function of this table is not called");
    (all.push_back(functionOf(service, functions.name, functions.member)), ...);
}

#define ADD(service, table, ...) add<mortise_##table##_table>(all, service, __VA_ARGS__)
#define FUNCTION(table, name)                 \
    Named {                                   \
#name, &mortise_##table##_table::name \
    }
std::vector<Function> allFunctions() {
    std::vector<Function> all;
    ADD(MORTISE_CLOCK_SERVICE, clock, FUNCTION(clock, monotonic_ms), FUNCTION(clock, unix_ms));
    ADD(MORTISE_CONTRIBUTIONS_SERVICE, contributions, FUNCTION(contributions, contribute),
        FUNCTION(contributions, object), FUNCTION(contributions, refuse), FUNCTION(contributions, hold),
        FUNCTION(contributions, release));
    ADD(MORTISE_CRYPTO_SERVICE, crypto, FUNCTION(crypto, random_bytes), FUNCTION(crypto, uuid7),
        FUNCTION(crypto, hmac_key_make), FUNCTION(crypto, hmac_key_free), FUNCTION(crypto, hmac_sha256),
        FUNCTION(crypto, sha256), FUNCTION(crypto, equal), FUNCTION(crypto, stored_secret));
    ADD(MORTISE_EXCHANGE_SERVICE, exchange, FUNCTION(exchange, reply), FUNCTION(exchange, reply_error),
        FUNCTION(exchange, abandon), FUNCTION(exchange, begin_stream), FUNCTION(exchange, write),
        FUNCTION(exchange, end_stream), FUNCTION(exchange, cancelled), FUNCTION(exchange, resume),
        FUNCTION(exchange, declare_header_block), FUNCTION(exchange, reply_file), FUNCTION(exchange, begin_commit),
        FUNCTION(exchange, accept), FUNCTION(exchange, reject), FUNCTION(exchange, missing), FUNCTION(exchange, lend),
        FUNCTION(exchange, time_left), FUNCTION(exchange, watch), FUNCTION(exchange, trace),
        FUNCTION(exchange, number));
    ADD(MORTISE_JSON_SERVICE, json, FUNCTION(json, schema_make), FUNCTION(json, schema_free), FUNCTION(json, parse),
        FUNCTION(json, check));
    ADD(MORTISE_LOG_SERVICE, log, FUNCTION(log, enabled), FUNCTION(log, write));
    ADD(MORTISE_LOOP_SERVICE, loop, FUNCTION(loop, count), FUNCTION(loop, current), FUNCTION(loop, at_batch_end));
    ADD(MORTISE_NETWORK_SERVICE, network, FUNCTION(network, list_make), FUNCTION(network, list_free),
        FUNCTION(network, contains));
    ADD(MORTISE_PASSWORD_SERVICE, password, FUNCTION(password, hash), FUNCTION(password, verify),
        FUNCTION(password, hash_all), FUNCTION(password, cost_limit));
    ADD(MORTISE_READINESS_SERVICE, readiness, FUNCTION(readiness, check));
    ADD(MORTISE_ROUTES_SERVICE, routes, FUNCTION(routes, add), FUNCTION(routes, visit), FUNCTION(routes, expect));
    ADD(MORTISE_TASK_SERVICE, task, FUNCTION(task, run), FUNCTION(task, post));
    ADD(MORTISE_TIMER_SERVICE, timer, FUNCTION(timer, after), FUNCTION(timer, cancel));
    return all;
}
#undef FUNCTION
#undef ADD

} // namespace

class NullArgumentsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NullArgumentsTest);
    CPPUNIT_TEST(anyFunctionOutOfATurn);
    CPPUNIT_TEST(anyFunctionInATurn);
    CPPUNIT_TEST(theHost);
    CPPUNIT_TEST_SUITE_END();

    // Where nothing is missing, or nobody is called.
    static bool mayBeOk(const std::string& name, Nothing nothing) {
        static const std::set<std::string> always{
            "mortise.clock/1 monotonic_ms", "mortise.clock/1 unix_ms",        "mortise.contributions/1 release",
            "mortise.crypto/1 uuid7",       "mortise.crypto/1 hmac_key_make", "mortise.crypto/1 hmac_key_free",
            "mortise.crypto/1 equal",       "mortise.exchange/1 cancelled",   "mortise.exchange/1 number",
            "mortise.exchange/1 time_left", "mortise.json/1 schema_free",     "mortise.log/1 enabled",
            "mortise.log/1 write",          "mortise.loop/1 count",           "mortise.loop/1 current",
            "mortise.network/1 list_free",  "mortise.network/1 contains",     "mortise.password/1 cost_limit",
            "mortise.readiness/1 check",    "mortise.timer/1 cancel"};
        return always.count(name) != 0 || (name == "mortise.crypto/1 random_bytes" && nothing.exchange == 0);
    }

    void anyFunctionOutOfATurn() {
        tests::DispatchFixture f;
        f.serve();
        for (const Function& function : allFunctions())
            for (const Nothing nothing : {Nothing{0, 0}, Nothing{5, 1}, Nothing{UINT64_MAX, UINT32_MAX}}) {
                const mortise_status status = function.call(f.app, nothing);
                CPPUNIT_ASSERT_MESSAGE(function.name + " came to " + std::to_string(status),
                                       status < 0 || mayBeOk(function.name, nothing));
            }
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
    }

    // What needs nothing but the turn has ended it, the rest has not.
    void anyFunctionInATurn() {
        for (const Function& function : allFunctions()) {
            tests::DispatchFixture f;
            mortise_status status = MORTISE_OK;
            f.app.handler = [&](mortise_exchange turn, const mortise_request&) {
                status = function.call(f.app, {turn, 1});
                return f.app.reply(turn) == MORTISE_OK || status == MORTISE_OK ? MORTISE_REPLIED : MORTISE_OK;
            };
            f.serve();
            const int seen = f.get("/loop");
            CPPUNIT_ASSERT_MESSAGE(function.name + " came to " + std::to_string(status) + " and " +
                                       std::to_string(seen),
                                   seen == 209 || (seen >= 400 && seen < 600));
            CPPUNIT_ASSERT_MESSAGE(function.name, seen == 209 || status == MORTISE_OK || status == MORTISE_REFUSED);
        }
    }

    void theHost() {
        tests::DispatchFixture f;
        f.serve();
        const mortise_host& host = *f.app.host;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, host.get_service(host.context, {nullptr, 5}, nullptr, nullptr));
        mortise_service service{};
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, host.get_service(host.context, {nullptr, 5}, &service, nullptr));
        CPPUNIT_ASSERT(service.table == nullptr);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, host.refuse_setting(host.context, {nullptr, 5}, {nullptr, 5}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NullArgumentsTest);

} // namespace mortise::dispatch
