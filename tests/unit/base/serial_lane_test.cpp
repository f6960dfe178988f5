// SPDX-License-Identifier: Apache-2.0
#include "base/serial_lane.hpp"

#include "base/worker_pool.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mortise::base {

namespace {
using Clock = std::chrono::steady_clock;
using tests::patience;
} // namespace

class SerialLaneTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SerialLaneTest);
    CPPUNIT_TEST(refusesAnEmptyQueue);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(passesOnThatThePoolIsFull);
    CPPUNIT_TEST(runsOneAtATimeInOrder);
    CPPUNIT_TEST(outlivesItsLane);
    CPPUNIT_TEST(aDrainingPoolRunsWhatTheLaneAccepted);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesAnEmptyQueue() {
        WorkerPool pool({"lane", 1, 4, 0});
        CPPUNIT_ASSERT_THROW(SerialLane(pool, 0), std::invalid_argument);
    }

    void isBounded() {
        WorkerPool pool({"lane", 2, 4, 0});
        SerialLane lane(pool, 2);
        std::promise<void> entered;
        std::promise<void> open;
        CPPUNIT_ASSERT(lane.trySubmit([&] {
            entered.set_value();
            open.get_future().wait();
        }));
        entered.get_future().wait();
        CPPUNIT_ASSERT(lane.trySubmit([] {}));
        CPPUNIT_ASSERT(lane.trySubmit([] {}));
        int value = 0;
        Task extra([&value] { value = 1; });
        CPPUNIT_ASSERT(!lane.trySubmit(std::move(extra)));
        CPPUNIT_ASSERT(extra);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, lane.queued());
        // A held-up lane takes one worker, not the pool.
        std::promise<void> beside;
        CPPUNIT_ASSERT(pool.trySubmit([&] { beside.set_value(); }));
        beside.get_future().wait();
        open.set_value();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, lane.queued());
        CPPUNIT_ASSERT_EQUAL(0, value);
    }

    void passesOnThatThePoolIsFull() {
        WorkerPool pool({"lane", 1, 1, 0});
        SerialLane lane(pool, 8);
        std::promise<void> entered;
        std::promise<void> open;
        CPPUNIT_ASSERT(pool.trySubmit([&] {
            entered.set_value();
            open.get_future().wait();
        }));
        entered.get_future().wait();
        CPPUNIT_ASSERT(pool.trySubmit([] {}));
        bool ran = false;
        Task task([&ran] { ran = true; });
        CPPUNIT_ASSERT(!lane.trySubmit(std::move(task)));
        CPPUNIT_ASSERT(task);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, lane.queued());
        open.set_value();
        CPPUNIT_ASSERT(tests::eventually([&] { return lane.trySubmit(std::move(task)); }));
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT(ran);
    }

    void runsOneAtATimeInOrder() {
        constexpr int tasks = 20'000;
        WorkerPool pool({"lane", 4, 8, 0});
        SerialLane lane(pool, 64);
        std::atomic<int> inside{0};
        std::atomic<bool> overlapped{false};
        int next = 0; // unguarded on purpose: the lane is the guard, and TSan looks on
        bool ordered = true;
        for (int i = 0; i < tasks; ++i) {
            Task task([&, i] {
                if (inside.fetch_add(1) != 0) overlapped = true;
                ordered = ordered && next == i;
                ++next;
                inside.fetch_sub(1);
            });
            while (!lane.trySubmit(std::move(task))) std::this_thread::yield();
        }
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(tasks, next);
        CPPUNIT_ASSERT(ordered);
        CPPUNIT_ASSERT(!overlapped);
    }

    void outlivesItsLane() {
        WorkerPool pool({"lane", 1, 4, 0});
        std::promise<void> open;
        std::promise<void> ran;
        {
            SerialLane lane(pool, 4);
            CPPUNIT_ASSERT(lane.trySubmit([&] { open.get_future().wait(); }));
            CPPUNIT_ASSERT(lane.trySubmit([&] { ran.set_value(); }));
        }
        open.set_value();
        CPPUNIT_ASSERT(ran.get_future().wait_for(patience) == std::future_status::ready);
    }

    void aDrainingPoolRunsWhatTheLaneAccepted() {
        constexpr int tasks = 100; // more than one turn of the lane
        WorkerPool pool({"lane", 1, 2, 0});
        SerialLane lane(pool, tasks);
        std::promise<void> open;
        int ran = 0;
        CPPUNIT_ASSERT(lane.trySubmit([&] { open.get_future().wait(); }));
        for (int i = 1; i < tasks; ++i) CPPUNIT_ASSERT(lane.trySubmit([&ran] { ++ran; }));
        CPPUNIT_ASSERT(!pool.drain(Clock::now()));
        open.set_value();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(tasks - 1, ran);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SerialLaneTest);

} // namespace mortise::base
