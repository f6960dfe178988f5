// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/detail/view.hpp>
#include <mortise/service/network.h>
#include <mortise/service/readiness.h>

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

using namespace mortise::test;

class HealthPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HealthPluginTest);
    CPPUNIT_TEST(badNetworkIsRefused);
    CPPUNIT_TEST(healthTouchesNothing);
    CPPUNIT_TEST(quietIsASetting);
    CPPUNIT_TEST(readyAndNot);
    CPPUNIT_TEST(namesOnlyForTheAllowed);
    CPPUNIT_TEST(changesAreLoggedOnce);
    CPPUNIT_TEST(resultIsKept);
    CPPUNIT_TEST(readyWithoutServices);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        void* const file = dlopen(HEALTH_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);

        networks_.struct_size = sizeof networks_;
        networks_.list_make = [](void* self, const mortise_view* entries, std::uint32_t count,
                                 mortise_network_list** list, mortise_error* error) -> mortise_status {
            for (std::uint32_t i = 0; i < count; ++i) {
                if (textOf(entries[i]) != "bad") continue;
                ::mortise::detail::tell(error, "bad is no network");
                return MORTISE_INVALID;
            }
            *list = static_cast<mortise_network_list*>(self);
            return MORTISE_OK;
        };
        networks_.list_free = [](void*, mortise_network_list*) {};
        networks_.contains = [](void* self, const mortise_network_list*, mortise_view address) -> std::uint32_t {
            return static_cast<HealthPluginTest*>(self)->allowed_ && textOf(address) == "192.0.2.1" ? 1 : 0;
        };
        readiness_.struct_size = sizeof readiness_;
        readiness_.check = [](void* self, mortise_readiness_visitor visit, void* context) -> mortise_status {
            auto& test = *static_cast<HealthPluginTest*>(self);
            ++test.rounds_;
            visit(context, viewOf("database"), test.database_, viewOf("the disk is gone"));
            visit(context, viewOf("loop"), MORTISE_OK, {});
            return test.database_;
        };
        host_.give(MORTISE_NETWORK_SERVICE, &networks_, this);
        host_.give(MORTISE_READINESS_SERVICE, &readiness_, this);
    }

    void badNetworkIsRefused() {
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT(health.configure({{"allow", "bad, ::1, bad"}}) < 0);
        CPPUNIT_ASSERT_EQUAL(std::string("bad is no network\nbad is no network\n"), host_.refusedSettings["allow"]);
    }

    void healthTouchesNothing() {
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_LOOP, host_.route("GET", "/health").placement);
        FakeRequest request;
        request.onLoop = true;
        const FakeAnswer answer = host_.call("GET", "/health", request);
        CPPUNIT_ASSERT_EQUAL(200u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"status":"ok","timestamp":"20)"), answer.body.substr(0, 30));
        CPPUNIT_ASSERT_EQUAL(std::string("Z\"}"), answer.body.substr(51));
        CPPUNIT_ASSERT_EQUAL(0, rounds_);
    }

    void quietIsASetting() {
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure());
        CPPUNIT_ASSERT_EQUAL(0u, host_.route("GET", "/health").flags & MORTISE_ROUTE_QUIET);
        FakeHost other;
        FakeInstance quiet(other, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, quiet.configure({{"quiet", "true"}}));
        CPPUNIT_ASSERT(other.route("GET", "/health").flags & MORTISE_ROUTE_QUIET);
        CPPUNIT_ASSERT(other.route("GET", "/ready").flags & MORTISE_ROUTE_QUIET);
    }

    void readyAndNot() {
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure({{"cache", "0"}}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_WORKER, host_.route("GET", "/ready").placement);
        FakeAnswer answer = host_.call("GET", "/ready");
        CPPUNIT_ASSERT_EQUAL(200u, answer.status);
        CPPUNIT_ASSERT_EQUAL(1u, answer.terminalCalls);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"status":"ready"})"), answer.body);
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLY_JSON | MORTISE_REPLY_NO_STORE, answer.flags);
        database_ = MORTISE_ERROR;
        answer = host_.call("GET", "/ready");
        CPPUNIT_ASSERT_EQUAL(503u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"error":"Not ready","requestId":"request-1"})"), answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), answer.fields["Retry-After"]);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, host_.pendingTimers());
    }

    void namesOnlyForTheAllowed() {
        allowed_ = true;
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure({{"cache", "0"}}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"status":"ready","checks":{"database":"ok","loop":"ok"}})"),
                             host_.call("GET", "/ready").body);
        database_ = MORTISE_ERROR;
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"error":"Not ready","checks":{"database":"failed","loop":"ok"},"requestId":"request-1"})"),
            host_.call("GET", "/ready").body);
    }

    void changesAreLoggedOnce() {
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure({{"cache", "0"}}));
        host_.call("GET", "/ready");
        CPPUNIT_ASSERT(host_.records.empty());
        database_ = MORTISE_ERROR;
        for (int i = 0; i < 3; ++i) host_.call("GET", "/ready");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_.records.size());
        CPPUNIT_ASSERT_EQUAL(std::string("the disk is gone"), host_.records[0].fields["error"]);
        database_ = MORTISE_OK;
        for (int i = 0; i < 3; ++i) host_.call("GET", "/ready");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, host_.records.size());
    }

    void resultIsKept() {
        FakeInstance health(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure({{"cache", "1m"}}));
        for (int i = 0; i < 100; ++i) CPPUNIT_ASSERT_EQUAL(200u, host_.call("GET", "/ready").status);
        CPPUNIT_ASSERT_EQUAL(1, rounds_);
        health.table().stop(health.self());
        CPPUNIT_ASSERT_EQUAL(503u, host_.call("GET", "/ready").status);
    }

    void readyWithoutServices() {
        FakeHost bare;
        bare.absent(MORTISE_TIMER_SERVICE);
        FakeInstance health(bare, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, health.configure());
        CPPUNIT_ASSERT_EQUAL(200u, bare.call("GET", "/ready").status);
    }

private:
    FakeHost host_;
    mortise_network_table networks_{};
    mortise_readiness_table readiness_{};
    const mortise_module* module_ = nullptr;
    mortise_status database_ = MORTISE_OK;
    bool allowed_ = false;
    int rounds_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HealthPluginTest);
