// SPDX-License-Identifier: Apache-2.0
// What a plugin is told of a request that it watches, and calls that it has kept: each once, and its context released
// once.
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
struct Told {
    std::string calls;
    std::atomic<int> ran{0};
    std::atomic<int> released{0};
};

mortise_status watch(tests::Plugin& plugin, mortise_exchange handle, Told& told) {
    return plugin.exchange->watch(
        plugin.exchangeSelf, handle, [](void* context) { static_cast<Told*>(context)->calls += "cancelled "; },
        [](void* context) { static_cast<Told*>(context)->calls += "ended "; }, &told,
        [](void* context) {
            static_cast<Told*>(context)->calls += "released";
            ++static_cast<Told*>(context)->released;
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
    CPPUNIT_TEST(clocksAgree);
    CPPUNIT_TEST_SUITE_END();

public:
    void endsWithTheResponse() {
        DispatchFixture f;
        Told told;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, told));
            f.app.reply(handle);
            CPPUNIT_ASSERT(told.calls.empty());
            return MORTISE_REPLIED;
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        CPPUNIT_ASSERT_EQUAL(std::string("ended released"), told.calls);
    }
    void isCancelledByWhateverEndsTheRequest() {
        for (const std::string how : {"lost", "deadline", "reload", "stop"}) {
            DispatchFixture f;
            Told told;
            mortise_exchange turn = 0;
            f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
                turn = handle;
                CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, told));
                return MORTISE_PENDING;
            };
            f.serve();
            f.get("/loop");
            CPPUNIT_ASSERT(told.calls.empty());
            if (how == "lost") f.client->lose();
            if (how == "deadline") f.environment.advance(1200);
            if (how == "stop") f.close();
            if (how == "reload") f.reload();
            if (how == "stop" || how == "reload") f.dispatcher->endRequests(*f.first, false);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(how, std::string("cancelled ended released"), told.calls);
            Told late;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(how, MORTISE_STALE, watch(f.app, turn, late));
            f.app.reply(turn);
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
            CPPUNIT_ASSERT_EQUAL(1, told.released.load());
            CPPUNIT_ASSERT(late.calls.empty());
        }
    }
    void isForTheTurnOnly() {
        DispatchFixture f;
        Told told;
        f.watch->onRespond = [&](mortise_response&) {};
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            f.app.reply(handle);
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, watch(f.app, handle, told));
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, watch(f.app, turn, told));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, watch(f.app, 0, told));
        CPPUNIT_ASSERT(told.calls.empty());
    }
    void isBounded() {
        DispatchFixture f;
        Told told;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            for (int i = 0; i < 64; ++i) CPPUNIT_ASSERT_EQUAL(MORTISE_OK, watch(f.app, handle, told));
            CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, watch(f.app, handle, told));
            f.app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        CPPUNIT_ASSERT_EQUAL(64, told.released.load());
    }
    void tasksRunOnceAndAreReleasedOnce() {
        DispatchFixture f;
        f.serve();
        void* self = nullptr;
        const auto* const tasks = service<mortise_task_table>(f, MORTISE_TASK_SERVICE, self);
        Told told;
        const auto ran = [](void* context) { ++static_cast<Told*>(context)->ran; };
        const auto release = [](void* context) { ++static_cast<Told*>(context)->released; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, tasks->run(self, nullptr, &told, release));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->run(self, ran, &told, release));
        CPPUNIT_ASSERT(tests::eventually([&] { return told.released.load() == 1; }));
        CPPUNIT_ASSERT_EQUAL(1, told.ran.load());
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
        Told told;
        const auto ran = [](void* context) { ++static_cast<Told*>(context)->ran; };
        const auto release = [](void* context) { ++static_cast<Told*>(context)->released; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->post(self, turn, ran, &told, release));
        CPPUNIT_ASSERT_EQUAL(0, told.ran.load());
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(1, told.ran.load());
        CPPUNIT_ASSERT_EQUAL(1, told.released.load());
        for (int i = 0; i < 1024; ++i) CPPUNIT_ASSERT_EQUAL(MORTISE_OK, tasks->post(self, turn, ran, &told, release));
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, tasks->post(self, turn, ran, &told, release));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(1025, told.ran.load());
        CPPUNIT_ASSERT_EQUAL(1025, told.released.load());
        f.app.reply(turn);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, tasks->post(self, turn, ran, &told, release));
        CPPUNIT_ASSERT_EQUAL(1025, told.released.load());
    }
    void clocksAgree() {
        DispatchFixture f;
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
