// SPDX-License-Identifier: Apache-2.0
#include "host/timer_queue.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace mortise::host {

namespace {

using namespace std::chrono_literals;
using tests::eventually;

} // namespace

class TimerQueueTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimerQueueTest);
    CPPUNIT_TEST(boundsWhatOneOwnerMayHold);
    CPPUNIT_TEST(cancelsOnlyForTheOwner);
    CPPUNIT_TEST(neverRunsWhatWasCancelled);
    CPPUNIT_TEST(cancelsAllOfAnOwner);
    CPPUNIT_TEST(waitsForAPoolThatIsFull);
    CPPUNIT_TEST(cancelsWhatWaitsForThePool);
    CPPUNIT_TEST(runsInOrderOfTime);
    CPPUNIT_TEST(runsOnTheWorkers);
    CPPUNIT_TEST(makesRoomWhenATimerRan);
    CPPUNIT_TEST(endsWithTimersPending);
    CPPUNIT_TEST(callsEachExactlyOnce);
    CPPUNIT_TEST(cancelsWhatAWorkerHasNotBegun);
    CPPUNIT_TEST(holdsNoLockWhileItCalls);
    CPPUNIT_TEST(neverCallsWhatItDidNotTake);
    CPPUNIT_TEST_SUITE_END();

public:
    void boundsWhatOneOwnerMayHold() {
        for (std::size_t i = 0; i < TimerQueue::limitPerOwner; ++i)
            CPPUNIT_ASSERT(timers_.after(&one_, 1h, [](bool) {}) != 0);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, timers_.after(&one_, 1h, [](bool) {}));
        const std::uint64_t other = timers_.after(&two_, 1h, [](bool) {});
        CPPUNIT_ASSERT(other != 0);
        timers_.cancelAll(&one_);
        CPPUNIT_ASSERT(timers_.after(&one_, 1h, [](bool) {}) != 0);
        CPPUNIT_ASSERT(timers_.cancel(&two_, other));
    }

    void cancelsOnlyForTheOwner() {
        const std::uint64_t timer = timers_.after(&one_, 1h, [](bool) {});
        CPPUNIT_ASSERT(!timers_.cancel(&two_, timer));
        CPPUNIT_ASSERT(!timers_.cancel(&one_, timer + 1));
        CPPUNIT_ASSERT(!timers_.cancel(&one_, 0));
        CPPUNIT_ASSERT(timers_.cancel(&one_, timer));
        CPPUNIT_ASSERT(!timers_.cancel(&one_, timer));
    }

    void neverRunsWhatWasCancelled() {
        std::array<std::atomic<int>, 200> runs{};
        std::array<bool, 200> cancelled{};
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const std::uint64_t timer =
                timers_.after(&one_, i % 2 == 0 ? 0ms : 1ms, [&runs, i](bool due) { runs[i] += due ? 1 : 0; });
            if (i % 4 == 0) std::this_thread::yield();
            cancelled[i] = timers_.cancel(&one_, timer);
        }
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const int expected = cancelled[i] ? 0 : 1;
            CPPUNIT_ASSERT(eventually([&] { return runs[i] == expected; }));
        }
        std::atomic<bool> last{false};
        timers_.after(&one_, 20ms, [&](bool) { last = true; });
        CPPUNIT_ASSERT(eventually([&] { return last.load(); }));
        for (std::size_t i = 0; i < runs.size(); ++i) CPPUNIT_ASSERT_EQUAL(cancelled[i] ? 0 : 1, runs[i].load());
    }

    void cancelsAllOfAnOwner() {
        std::atomic<int> ran{0};
        for (int i = 0; i < 10; ++i) timers_.after(&one_, 50ms, [&](bool due) { ran += due ? 100 : 0; });
        timers_.after(&two_, 60ms, [&](bool) { ++ran; });
        timers_.cancelAll(&one_);
        CPPUNIT_ASSERT(eventually([&] { return ran != 0; }));
        CPPUNIT_ASSERT_EQUAL(1, ran.load());
    }

    void waitsForAPoolThatIsFull() {
        std::atomic<bool> released{false};
        fill(released);
        std::atomic<int> ran{0};
        timers_.after(&one_, 1ms, [&](bool due) { ran += due ? 1 : 0; });
        timers_.after(&two_, 120ms, [](bool) {}); // after at least one vain try
        const auto until = std::chrono::steady_clock::now() + 150ms;
        CPPUNIT_ASSERT(eventually([&] { return std::chrono::steady_clock::now() > until; }));
        CPPUNIT_ASSERT_EQUAL(0, ran.load());
        released = true;
        CPPUNIT_ASSERT(eventually([&] { return ran == 1; }));
    }

    void cancelsWhatWaitsForThePool() {
        std::atomic<bool> released{false};
        fill(released);
        std::atomic<int> ran{0};
        const std::uint64_t timer = timers_.after(&one_, 1ms, [&](bool due) { ran += due ? 1 : 0; });
        const std::uint64_t rejectedBefore = workers_.counters().rejected;
        CPPUNIT_ASSERT(eventually([&] { return workers_.counters().rejected > rejectedBefore; }));
        CPPUNIT_ASSERT(timers_.cancel(&one_, timer));
        released = true;
        std::atomic<bool> later{false};
        timers_.after(&one_, 100ms, [&](bool) { later = true; });
        CPPUNIT_ASSERT(eventually([&] { return later.load(); }));
        CPPUNIT_ASSERT_EQUAL(0, ran.load());
    }

    void runsInOrderOfTime() {
        base::WorkerPool workers({"w", 1, 16, 0});
        TimerQueue timers(workers);
        std::mutex mutex;
        std::vector<int> order;
        const auto note = [&](int number) {
            return [&, number](bool) {
                const std::lock_guard lock(mutex);
                order.push_back(number);
            };
        };
        timers.after(&one_, 90ms, note(3));
        timers.after(&two_, 10ms, note(1));
        timers.after(&one_, 50ms, note(2));
        CPPUNIT_ASSERT(eventually([&] {
            const std::lock_guard lock(mutex);
            return order.size() == 3;
        }));
        CPPUNIT_ASSERT((std::vector<int>{1, 2, 3}) == order);
    }

    void runsOnTheWorkers() {
        const auto began = std::chrono::steady_clock::now();
        std::atomic<int> onWorker{-1};
        timers_.after(&one_, 30ms, [&](bool) { onWorker = workers_.currentWorker() ? 1 : 0; });
        CPPUNIT_ASSERT(eventually([&] { return onWorker >= 0; }));
        CPPUNIT_ASSERT_EQUAL(1, onWorker.load());
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began >= 30ms);
    }

    void makesRoomWhenATimerRan() {
        base::WorkerPool workers({"w", 1, TimerQueue::limitPerOwner, 0});
        TimerQueue timers(workers);
        std::atomic<std::size_t> ran{0};
        constexpr std::size_t given = 3 * TimerQueue::limitPerOwner;
        for (std::size_t i = 0; i < given; ++i) {
            CPPUNIT_ASSERT(eventually([&] { return timers.after(&one_, 0ms, [&](bool) { ++ran; }) != 0; }));
        }
        CPPUNIT_ASSERT(eventually([&] { return ran == given; }));
    }

    void endsWithTimersPending() {
        base::WorkerPool workers({"w", 1, 4, 0});
        TimerQueue timers(workers);
        for (int i = 0; i < 10; ++i) timers.after(&one_, 1h, [](bool) { CPPUNIT_FAIL("it was called"); });
    }

    void callsEachExactlyOnce() {
        base::WorkerPool workers({"w", 2, 64, 0});
        constexpr std::size_t count = TimerQueue::limitPerOwner;
        std::vector<std::atomic<int>> calls(count);
        std::vector<std::atomic<int>> runs(count);
        {
            TimerQueue timers(workers);
            std::atomic<std::uint64_t> newest{0};
            std::atomic<bool> over{false};
            std::thread canceller([&] {
                for (std::uint64_t next = 0; !over; next = newest) {
                    timers.cancel(&one_, next);
                    if (next % 97 == 0) timers.cancelAll(&one_);
                }
            });
            for (std::size_t i = 0; i < count; ++i)
                newest = timers.after(&one_, i % 10 == 0 ? 1h : std::chrono::milliseconds(i % 3), [&, i](bool due) {
                    ++calls[i];
                    runs[i] += due ? 1 : 0;
                });
            over = true;
            canceller.join();
            timers.cancelAll(&one_);
            for (std::size_t i = 0; i < count; ++i) CPPUNIT_ASSERT(eventually([&] { return calls[i] == 1; }));
            CPPUNIT_ASSERT(!timers.has(&one_));
        }
        int ran = 0;
        for (std::size_t i = 0; i < count; ++i) {
            CPPUNIT_ASSERT_EQUAL(1, calls[i].load());
            ran += runs[i];
        }
        CPPUNIT_ASSERT(ran < static_cast<int>(count));
    }

    void cancelsWhatAWorkerHasNotBegun() {
        std::atomic<bool> released{false};
        CPPUNIT_ASSERT(workers_.trySubmit(
            base::Task([&released] { CPPUNIT_ASSERT(eventually([&] { return released.load(); })); })));
        CPPUNIT_ASSERT(eventually([&] { return workers_.counters().running == 1; }));
        std::atomic<int> ran{0}, dropped{0};
        const std::uint64_t timer = timers_.after(&one_, 1ms, [&](bool due) { ++(due ? ran : dropped); });
        CPPUNIT_ASSERT(eventually([&] { return workers_.counters().queued == 1; }));
        CPPUNIT_ASSERT(timers_.cancel(&one_, timer));
        CPPUNIT_ASSERT_EQUAL(1, dropped.load());
        released = true;
        CPPUNIT_ASSERT(eventually([&] { return workers_.counters().completed == 2; }));
        CPPUNIT_ASSERT_EQUAL(0, ran.load());
        CPPUNIT_ASSERT_EQUAL(1, dropped.load());
    }

    void holdsNoLockWhileItCalls() {
        int dropped = 0;
        const auto again = [&](bool) {
            ++dropped;
            const std::uint64_t other = timers_.after(&two_, 1h, [&](bool) { ++dropped; });
            CPPUNIT_ASSERT(timers_.cancel(&two_, other));
        };
        const std::uint64_t timer = timers_.after(&one_, 1h, again);
        CPPUNIT_ASSERT(timers_.cancel(&one_, timer));
        timers_.after(&one_, 1h, again);
        timers_.cancelAll(&one_);
        CPPUNIT_ASSERT_EQUAL(4, dropped);
    }

    void neverCallsWhatItDidNotTake() {
        int called = 0;
        for (std::size_t i = 0; i < TimerQueue::limitPerOwner; ++i) timers_.after(&one_, 1h, [](bool) {});
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, timers_.after(&one_, 1h, [&](bool) { ++called; }));
        const std::uint64_t timer = timers_.after(&two_, 1h, [&](bool) { ++called; });
        CPPUNIT_ASSERT(timers_.forget(&two_, timer) && !timers_.forget(&two_, timer));
        timers_.cancelAll(&one_);
        timers_.cancelAll(&two_);
        CPPUNIT_ASSERT_EQUAL(0, called);
    }

private:
    // One task runs, one waits: nothing more goes in until `released`.
    void fill(std::atomic<bool>& released) {
        const auto wait = [&released] { CPPUNIT_ASSERT(eventually([&] { return released.load(); })); };
        CPPUNIT_ASSERT(workers_.trySubmit(base::Task(wait)));
        CPPUNIT_ASSERT(eventually([&] { return workers_.counters().running == 1; }));
        CPPUNIT_ASSERT(workers_.trySubmit(base::Task(wait)));
    }

    char one_ = 0; // owners are told apart by address
    char two_ = 0;
    base::WorkerPool workers_{{"w", 1, 1, 0}};
    TimerQueue timers_{workers_};
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimerQueueTest);

} // namespace mortise::host
