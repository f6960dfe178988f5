// SPDX-License-Identifier: Apache-2.0
// What a plugin learns of a request that it watches, and calls that it has kept: each once, and its context released
// once.
#include "base/clock.hpp"
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <mortise/service/clock.h>
#include <mortise/service/task.h>

#include "tests/support/eventually.hpp"

#include <atomic>
#include <string>

namespace mortise::dispatch {

using tests::DispatchFixture;

namespace {

// What was called of one context, in order.
struct Calls {
    std::string calls;
    std::atomic<int> ran{0};
    std::atomic<int> released{0};
};

mortise_status watch(tests::Plugin& plugin, mortise_exchange handle, Calls& seen) {
    return plugin.exchange->watch(
        plugin.exchangeSelf, handle, [](void* context) { static_cast<Calls*>(context)->calls += "cancelled "; },
        [](void* context) { static_cast<Calls*>(context)->calls += "ended "; }, &seen,
        [](void* context) {
            static_cast<Calls*>(context)->calls += "released";
            ++static_cast<Calls*>(context)->released;
        });
}

template<class Table>
const Table* service(DispatchFixture& f, const char* id, void*& self) {
    mortise_service given{};
    CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.host->get_service(f.app.host->context, host::view(id), &given, nullptr));
    self = given.self;
    return static_cast<const Table*>(given.table);
}

} // namespace

class WatchTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WatchTest);
    CPPUNIT_TEST(endsWithTheResponse);
    CPPUNIT_TEST(isCancelledByWhateverEndsTheRequest);
    CPPUNIT_TEST(isForTheTurnOnly);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(tasksRunOnceAndAreReleasedOnce);
    CPPUNIT_TEST(postedCallsRunOnTheLoop);
    CPPUNIT_TEST(postedCallsOfAnInstanceThatStopsDoNotRun);
    CPPUNIT_TEST(nothingOfAPluginInQuarantineIsCalled);
    CPPUNIT_TEST(clocksAgree);
    CPPUNIT_TEST_SUITE_END();

public:
    void endsWithTheResponse() {
        DispatchFixture f;
        Calls seen;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, seen));
            f.app.reply(handle);
            CPPUNIT_ASSERT(seen.calls.empty());
            return MORTISE_REPLIED;
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        CPPUNIT_ASSERT_EQUAL(std::string("ended released"), seen.calls);
    }
    void isCancelledByWhateverEndsTheRequest() {
        for (const std::string how : {"lost", "deadline", "reload", "stop"}) {
            DispatchFixture f;
            Calls seen;
            mortise_exchange turn = 0;
            f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
                turn = handle;
                CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, seen));
                return MORTISE_PENDING;
            };
            f.serve();
            f.get("/loop");
            CPPUNIT_ASSERT(seen.calls.empty());
            if (how == "lost") f.client->lose();
            if (how == "deadline") f.environment.advance(1200);
            if (how == "stop") f.close();
            if (how == "reload") f.reload();
            if (how == "stop" || how == "reload") f.dispatcher->endRequests(*f.first, false);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(how, std::string("cancelled ended released"), seen.calls);
            Calls late;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(how, MORTISE_STALE, watch(f.app, turn, late));
            f.app.reply(turn);
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
            CPPUNIT_ASSERT_EQUAL(1, seen.released.load());
            CPPUNIT_ASSERT(late.calls.empty());
        }
    }
    void isForTheTurnOnly() {
        DispatchFixture f;
        Calls seen;
        f.watch->onRespond = [&](mortise_response&) {};
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            f.app.reply(handle);
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, watch(f.app, handle, seen));
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, watch(f.app, turn, seen));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, watch(f.app, 0, seen));
        CPPUNIT_ASSERT(seen.calls.empty());
    }
    void isBounded() {
        DispatchFixture f;
        Calls seen;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            for (int i = 0; i < 64; ++i) CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, seen));
            CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, watch(f.app, handle, seen));
            f.app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        CPPUNIT_ASSERT_EQUAL(64, seen.released.load());
    }
    void tasksRunOnceAndAreReleasedOnce() {
        DispatchFixture f;
        f.serve();
        void* self = nullptr;
        const auto* const tasks = service<mortise_task_table>(f, MORTISE_TASK_SERVICE, self);
        Calls seen;
        const auto ran = [](void* context) { ++static_cast<Calls*>(context)->ran; };
        const auto release = [](void* context) { ++static_cast<Calls*>(context)->released; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, tasks->run(self, nullptr, &seen, release));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->run(self, ran, &seen, release));
        CPPUNIT_ASSERT(tests::eventually([&] { return seen.released.load() == 1; }));
        CPPUNIT_ASSERT_EQUAL(1, seen.ran.load());
    }
    void postedCallsRunOnTheLoop() {
        DispatchFixture f;
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        void* self = nullptr;
        const auto* const tasks = service<mortise_task_table>(f, MORTISE_TASK_SERVICE, self);
        Calls seen;
        const auto ran = [](void* context) { ++static_cast<Calls*>(context)->ran; };
        const auto release = [](void* context) { ++static_cast<Calls*>(context)->released; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->post(self, turn, ran, &seen, release));
        CPPUNIT_ASSERT_EQUAL(0, seen.ran.load());
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(1, seen.ran.load());
        CPPUNIT_ASSERT_EQUAL(1, seen.released.load());
        for (int i = 0; i < 1024; ++i) CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->post(self, turn, ran, &seen, release));
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, tasks->post(self, turn, ran, &seen, release));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(1025, seen.ran.load());
        CPPUNIT_ASSERT_EQUAL(1025, seen.released.load());
        f.app.reply(turn);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, tasks->post(self, turn, ran, &seen, release));
        CPPUNIT_ASSERT_EQUAL(1025, seen.released.load());
    }
    // Stop waits for them, and they are released before it.
    void postedCallsOfAnInstanceThatStopsDoNotRun() {
        DispatchFixture f;
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        void* self = nullptr;
        const auto* const tasks = service<mortise_task_table>(f, MORTISE_TASK_SERVICE, self);
        Calls seen;
        const auto ran = [](void* context) { ++static_cast<Calls*>(context)->ran; };
        const auto release = [](void* context) { ++static_cast<Calls*>(context)->released; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->post(self, turn, ran, &seen, release));
        CPPUNIT_ASSERT(!f.instance("app").stop(std::chrono::milliseconds(1)));
        Calls late;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, tasks->post(self, turn, ran, &late, release));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, tasks->run(self, ran, &late, release));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(0, seen.ran.load());
        CPPUNIT_ASSERT_EQUAL(1, seen.released.load());
        CPPUNIT_ASSERT_EQUAL(0, late.released.load());
        CPPUNIT_ASSERT(f.instance("app").stop(std::chrono::milliseconds(1)));
    }
    void nothingOfAPluginInQuarantineIsCalled() {
        DispatchFixture f;
        mortise_exchange turn = 0;
        Calls seen;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, seen));
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        void* self = nullptr;
        const auto* const tasks = service<mortise_task_table>(f, MORTISE_TASK_SERVICE, self);
        Calls posted;
        const auto ran = [](void* context) { ++static_cast<Calls*>(context)->ran; };
        const auto release = [](void* context) { ++static_cast<Calls*>(context)->released; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->post(self, turn, ran, &posted, release));
        f.quarantine("app");
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
        CPPUNIT_ASSERT(seen.calls.empty());
        CPPUNIT_ASSERT_EQUAL(0, posted.ran.load());
        CPPUNIT_ASSERT_EQUAL(0, posted.released.load());
    }
    void clocksAgree() {
        DispatchFixture f;
        f.environment.beginAt(base::monotonicNs() / 1'000'000); // as that of the server's loops does
        std::uint64_t deadline = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request& request) {
            deadline = request.deadline;
            f.app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        void* self = nullptr;
        const auto* const clock = service<mortise_clock_table>(f, MORTISE_CLOCK_SERVICE, self);
        const std::uint64_t now = clock->monotonic_ms(self);
        const auto timeout = static_cast<std::uint64_t>(f.serving.requestTimeout.count());
        CPPUNIT_ASSERT(deadline > now && deadline <= now + timeout + 1000);
        CPPUNIT_ASSERT(clock->monotonic_ms(self) >= now);
        CPPUNIT_ASSERT(clock->unix_ms(self) > 1'700'000'000'000);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WatchTest);

} // namespace mortise::dispatch
