// SPDX-License-Identifier: Apache-2.0
#include "base/worker_lane.hpp"

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

class WorkerLaneTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WorkerLaneTest);
    CPPUNIT_TEST(refusesAnEmptyQueue);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(passesOnThatThePoolIsFull);
    CPPUNIT_TEST(runsOneAtATimeInOrder);
    CPPUNIT_TEST(runsNoMoreThanItsWidth);
    CPPUNIT_TEST(leavesTheOtherWorkersToOthers);
    CPPUNIT_TEST(getsNarrower);
    CPPUNIT_TEST(outlivesItsLane);
    CPPUNIT_TEST(aDrainingPoolRunsWhatTheLaneAccepted);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesAnEmptyQueue() {
        WorkerPool pool({"lane", 1, 4, 0});
        CPPUNIT_ASSERT_THROW(WorkerLane(pool, 0, 1), std::invalid_argument);
    }

    void isBounded() {
        WorkerPool pool({"lane", 2, 4, 0});
        WorkerLane lane(pool, 2, 1);
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
        WorkerLane lane(pool, 8, 1);
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
        WorkerLane lane(pool, 64, 1);
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

    void runsNoMoreThanItsWidth() {
        constexpr int tasks = 5'000;
        WorkerPool pool({"lane", 6, 8, 0});
        WorkerLane lane(pool, 64, 3);
        std::atomic<int> inside{0};
        std::atomic<int> most{0};
        std::atomic<int> ran{0};
        for (int i = 0; i < tasks; ++i) {
            Task task([&] {
                const int now = ++inside;
                for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
                std::this_thread::yield();
                --inside;
                ++ran;
            });
            while (!lane.trySubmit(std::move(task))) std::this_thread::yield();
        }
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(tasks, ran.load());
        CPPUNIT_ASSERT(most <= 3);
    }

    void leavesTheOtherWorkersToOthers() {
        WorkerPool pool({"lane", 3, 8, 0});
        WorkerLane lane(pool, 8, 2);
        std::promise<void> open;
        const std::shared_future<void> opened = open.get_future().share();
        std::atomic<int> entered{0};
        for (int i = 0; i < 6; ++i)
            CPPUNIT_ASSERT(lane.trySubmit([&entered, &opened] {
                ++entered;
                opened.wait();
            }));
        CPPUNIT_ASSERT(tests::eventually([&] { return entered == 2; }));
        std::promise<void> beside;
        CPPUNIT_ASSERT(pool.trySubmit([&] { beside.set_value(); }));
        CPPUNIT_ASSERT(beside.get_future().wait_for(patience) == std::future_status::ready);
        CPPUNIT_ASSERT_EQUAL(2, entered.load());
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, lane.queued());
        open.set_value();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(6, entered.load());
    }

    void getsNarrower() {
        WorkerPool pool({"lane", 3, 8, 0});
        WorkerLane lane(pool, 16, 3);
        lane.setWidth(0); // as 1
        std::atomic<int> inside{0};
        std::atomic<bool> overlapped{false};
        for (int i = 0; i < 16; ++i)
            CPPUNIT_ASSERT(lane.trySubmit([&] {
                if (inside.fetch_add(1) != 0) overlapped = true;
                std::this_thread::yield();
                inside.fetch_sub(1);
            }));
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT(!overlapped);
    }

    void outlivesItsLane() {
        WorkerPool pool({"lane", 1, 4, 0});
        std::promise<void> open;
        std::promise<void> ran;
        {
            WorkerLane lane(pool, 4, 1);
            CPPUNIT_ASSERT(lane.trySubmit([&] { open.get_future().wait(); }));
            CPPUNIT_ASSERT(lane.trySubmit([&] { ran.set_value(); }));
        }
        open.set_value();
        CPPUNIT_ASSERT(ran.get_future().wait_for(patience) == std::future_status::ready);
    }

    void aDrainingPoolRunsWhatTheLaneAccepted() {
        constexpr int tasks = 100; // more than one turn of the lane
        WorkerPool pool({"lane", 1, 2, 0});
        WorkerLane lane(pool, tasks, 1);
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

CPPUNIT_TEST_SUITE_REGISTRATION(WorkerLaneTest);

} // namespace mortise::base
