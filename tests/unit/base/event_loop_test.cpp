// SPDX-License-Identifier: Apache-2.0
#include "base/event_loop.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace mortise::base {

namespace {

class Recorder final : public Watcher {
public:
    void onReady(std::uint32_t events) noexcept override {
        ++calls;
        last = events;
        if (then) then();
    }
    int calls = 0;
    std::uint32_t last = 0;
    std::function<void()> then;
};

struct Pipe {
    Pipe() {
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::pipe(ends));
        read.reset(ends[0]);
        write.reset(ends[1]);
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(1), ::write(ends[1], "x", 1));
    }
    UniqueFd read;
    UniqueFd write;
};

} // namespace

class EventLoopTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EventLoopTest);
    CPPUNIT_TEST(refusesBadDescriptor);
    CPPUNIT_TEST(removedWatcherHearsNothing);
    CPPUNIT_TEST(postIsBoundedAndLeavesTheTask);
    CPPUNIT_TEST(postAfterStopIsRefused);
    CPPUNIT_TEST(tasksRunInOrderFromManyThreads);
    CPPUNIT_TEST(timersRunInOrderAndCanBeCancelled);
    CPPUNIT_TEST(batchEndRunsOncePerBatch);
    CPPUNIT_TEST(pulseTellsBusyAndIdle);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadDescriptor() {
        EventLoop loop;
        Recorder recorder;
        CPPUNIT_ASSERT(!loop.add(-1, EPOLLIN, recorder));
        CPPUNIT_ASSERT(!loop.modify(0x7fffff, EPOLLIN, recorder));
    }

    void removedWatcherHearsNothing() {
        EventLoop loop;
        Pipe first;
        Pipe second;
        Recorder a;
        Recorder b;
        a.then = [&] {
            loop.remove(first.read.get(), a);
            loop.remove(second.read.get(), b);
            loop.stop();
        };
        b.then = [&] {
            loop.remove(first.read.get(), a);
            loop.remove(second.read.get(), b);
            loop.stop();
        };
        CPPUNIT_ASSERT(loop.add(first.read.get(), EPOLLIN, a));
        CPPUNIT_ASSERT(loop.add(second.read.get(), EPOLLIN, b));
        loop.run();
        CPPUNIT_ASSERT_EQUAL(1, a.calls + b.calls);
    }

    void postIsBoundedAndLeavesTheTask() {
        EventLoop loop(1);
        int ran = 0;
        CPPUNIT_ASSERT(loop.post([&] { ++ran; }));
        Task second([&] { ran += 10; });
        CPPUNIT_ASSERT(!loop.post(std::move(second)));
        CPPUNIT_ASSERT(static_cast<bool>(second));
        second();
        CPPUNIT_ASSERT_EQUAL(10, ran);
        CPPUNIT_ASSERT(loop.postAlways([&] { ran += 100; }));
        loop.stop();
        CPPUNIT_ASSERT(!loop.postAlways([] {}));
        loop.run();
        CPPUNIT_ASSERT_EQUAL(111, ran);
    }

    void postAfterStopIsRefused() {
        EventLoop loop;
        loop.stop();
        CPPUNIT_ASSERT(!loop.post([] {}));
        loop.run();
    }

    void tasksRunInOrderFromManyThreads() {
        EventLoop loop;
        static constexpr int threads = 4;
        static constexpr int each = 2000;
        struct {
            std::vector<int> seen[threads];
            int total = 0;
            std::atomic<bool> in_loop{true};
        } result;
        std::vector<std::thread> posters;
        for (int t = 0; t < threads; ++t) {
            posters.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) {
                    while (!loop.post([&loop, &result, t, i] {
                        result.seen[t].push_back(i);
                        if (!loop.inLoopThread()) result.in_loop = false;
                        if (++result.total == threads * each) loop.stop();
                    })) {
                        std::this_thread::yield();
                    }
                }
            });
        }
        loop.run();
        for (auto& poster : posters) poster.join();
        CPPUNIT_ASSERT(result.in_loop);
        CPPUNIT_ASSERT(!loop.inLoopThread());
        for (const auto& numbers : result.seen) {
            CPPUNIT_ASSERT_EQUAL(static_cast<std::size_t>(each), numbers.size());
            for (int i = 0; i < each; ++i) CPPUNIT_ASSERT_EQUAL(i, numbers[static_cast<std::size_t>(i)]);
        }
    }

    void timersRunInOrderAndCanBeCancelled() {
        EventLoop loop;
        std::string order;
        const std::uint64_t begin = loop.nowMs();
        std::uint64_t late = 0;
        loop.after(20, [&] {
            order += 'c';
            late = loop.nowMs();
            loop.stop();
        });
        const EventLoop::TimerId never = loop.after(10, [&] { order += 'x'; });
        loop.after(10, [&] { order += 'b'; });
        loop.after(0, [&] { order += 'a'; });
        CPPUNIT_ASSERT(loop.cancel(never));
        CPPUNIT_ASSERT(!loop.cancel(never));
        CPPUNIT_ASSERT(!loop.cancel(0));
        loop.run();
        CPPUNIT_ASSERT_EQUAL(std::string("abc"), order);
        CPPUNIT_ASSERT(late - begin >= 20);
    }

    void batchEndRunsOncePerBatch() {
        EventLoop loop;
        struct Context {
            EventLoop& loop;
            std::string order;
        } context{loop, {}};
        loop.post([&] {
            context.order += 't';
            loop.atBatchEnd(
                [](void* p) {
                    auto& c = *static_cast<Context*>(p);
                    c.order += 'e';
                    c.loop.atBatchEnd([](void* q) { static_cast<Context*>(q)->order += 'n'; }, p);
                },
                &context);
        });
        loop.post([&] { context.order += 'u'; });
        loop.after(5, [&] {
            context.order += '.';
            loop.stop();
        });
        loop.run();
        CPPUNIT_ASSERT_EQUAL(std::string("tuen."), context.order);
    }

    void pulseTellsBusyAndIdle() {
        EventLoop loop;
        Watchdog watchdog(WatchdogSettings{}, 1, {});
        Pulse& pulse = watchdog.pulse(0);
        loop.setPulse(&pulse);
        bool busy = false;
        loop.post([&] {
            const auto now = Pulse::Clock::now() + std::chrono::seconds(1);
            busy = pulse.busyFor(now) >= std::chrono::seconds(1);
            loop.stop();
        });
        loop.run();
        CPPUNIT_ASSERT(busy);
        CPPUNIT_ASSERT(pulse.busyFor(Pulse::Clock::now()) == Pulse::Clock::duration::zero());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EventLoopTest);

} // namespace mortise::base
