// SPDX-License-Identifier: Apache-2.0
#include "base/worker_pool.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::base {

namespace {

using Clock = std::chrono::steady_clock;
using tests::eventually;
using tests::patience;

// Holds a worker until opened.
class Gate {
public:
    Task waiter() {
        return [this] {
            ++entered_;
            open_.get_future().wait();
        };
    }
    void open() { open_.set_value(); }
    int entered() const { return entered_; }

private:
    std::promise<void> open_;
    std::atomic<int> entered_{0};
};

} // namespace

class WorkerPoolTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WorkerPoolTest);
    CPPUNIT_TEST(refusesSettingsWithoutThreadsOrQueue);
    CPPUNIT_TEST(turnsAwayWhatTheQueueCannotHold);
    CPPUNIT_TEST(keepsARefusedTaskUsable);
    CPPUNIT_TEST(drainRunsWhatWasAccepted);
    CPPUNIT_TEST(drainReportsAStuckTask);
    CPPUNIT_TEST(destructorDiscardsWhatWaits);
    CPPUNIT_TEST(tasksMayUseThePoolFromTheirDestructors);
    CPPUNIT_TEST(namesItsThreadsAndKnowsThem);
    CPPUNIT_TEST(nicesItsThreads);
    CPPUNIT_TEST(threadsTakeNoSignals);
    CPPUNIT_TEST(manySubmittersLoseNothing);
    CPPUNIT_TEST(backgroundTasksStepBack);
    CPPUNIT_TEST(backgroundTasksLeaveThreadsToOthers);
    CPPUNIT_TEST(takesAllBackgroundTasksOrNone);
    CPPUNIT_TEST(drainRunsBackgroundTasks);
    CPPUNIT_TEST(destructorDiscardsBackgroundTasks);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesSettingsWithoutThreadsOrQueue() {
        WorkerPoolSettings settings;
        settings.threads = 0;
        CPPUNIT_ASSERT_THROW(WorkerPool{settings}, std::invalid_argument);
        settings.threads = 1;
        settings.queueLimit = 0;
        CPPUNIT_ASSERT_THROW(WorkerPool{settings}, std::invalid_argument);
        settings.queueLimit = 1;
        settings.backgroundQueueLimit = 1; // without a thread for them
        CPPUNIT_ASSERT_THROW(WorkerPool{settings}, std::invalid_argument);
    }

    void turnsAwayWhatTheQueueCannotHold() {
        WorkerPool pool({"full", 1, 2, 0});
        Gate gate;
        CPPUNIT_ASSERT(pool.trySubmit(gate.waiter()));
        CPPUNIT_ASSERT(eventually([&] { return gate.entered() == 1; }));
        std::atomic<int> ran{0};
        CPPUNIT_ASSERT(pool.trySubmit([&ran] { ++ran; }));
        CPPUNIT_ASSERT(pool.trySubmit([&ran] { ++ran; }));
        CPPUNIT_ASSERT(!pool.trySubmit([&ran] { ++ran; }));
        const WorkerPoolCounters full = pool.counters();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, full.queued);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, full.running);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, full.rejected);
        gate.open();
        CPPUNIT_ASSERT(eventually([&] { return pool.counters().completed == 3; }));
        CPPUNIT_ASSERT_EQUAL(2, ran.load());
        CPPUNIT_ASSERT(pool.trySubmit([] {}));
    }

    void keepsARefusedTaskUsable() {
        WorkerPool pool({"keep", 1, 1, 0});
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        auto owned = std::make_unique<int>(7);
        int seen = 0;
        Task task([&seen, held = std::move(owned)] { seen = *held; });
        CPPUNIT_ASSERT(!pool.trySubmit(std::move(task)));
        CPPUNIT_ASSERT(task);
        task();
        CPPUNIT_ASSERT_EQUAL(7, seen);
    }

    void drainRunsWhatWasAccepted() {
        WorkerPool pool({"drain", 2, 100, 0});
        std::atomic<int> ran{0};
        for (int i = 0; i < 100; ++i) {
            if (!pool.trySubmit([&ran] { ++ran; })) ++ran;
        }
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(100, ran.load());
        CPPUNIT_ASSERT(!pool.trySubmit([] {}));
        CPPUNIT_ASSERT(pool.drain(Clock::now()));
    }

    void drainReportsAStuckTask() {
        WorkerPool pool({"stuck", 1, 4, 0});
        Gate gate;
        CPPUNIT_ASSERT(pool.trySubmit(gate.waiter()));
        CPPUNIT_ASSERT(eventually([&] { return gate.entered() == 1; }));
        CPPUNIT_ASSERT(!pool.drain(Clock::now() + std::chrono::milliseconds(20)));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, pool.counters().running);
        gate.open();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
    }

    void destructorDiscardsWhatWaits() {
        auto witness = std::make_shared<int>(0);
        Gate gate;
        auto pool = std::make_unique<WorkerPool>(WorkerPoolSettings{"discard", 1, 4, 0});
        CPPUNIT_ASSERT(pool->trySubmit(gate.waiter()));
        CPPUNIT_ASSERT(eventually([&] { return gate.entered() == 1; }));
        CPPUNIT_ASSERT(pool->trySubmit([witness] { ++*witness; }));
        // The destructor throws the task away first, then waits for the one at the gate.
        std::thread destroyer([&pool] { pool.reset(); });
        const bool discarded = eventually([&] { return witness.use_count() == 1; });
        gate.open();
        destroyer.join();
        CPPUNIT_ASSERT(discarded);
        CPPUNIT_ASSERT_EQUAL(0, *witness);
    }

    void tasksMayUseThePoolFromTheirDestructors() {
        struct Resubmits {
            WorkerPool* pool;
            bool live = true;
            explicit Resubmits(WorkerPool* owner) : pool(owner) {}
            Resubmits(Resubmits&& other) noexcept : pool(other.pool), live(std::exchange(other.live, false)) {}
            ~Resubmits() {
                if (live) (void)pool->trySubmit([] {});
            }
            void operator()() const {}
        };
        WorkerPool pool({"again", 1, 4, 0});
        CPPUNIT_ASSERT(pool.trySubmit(Resubmits(&pool)));
        CPPUNIT_ASSERT(eventually([&] { return pool.counters().completed == 2; }));
    }

    void namesItsThreadsAndKnowsThem() {
        WorkerPool pool({"a-rather-long-name", 2, 8, 0});
        WorkerPool other({"other", 1, 8, 0});
        std::promise<std::string> name;
        std::promise<std::size_t> index;
        std::promise<bool> stranger;
        CPPUNIT_ASSERT(!pool.currentWorker());
        CPPUNIT_ASSERT(pool.trySubmit([&] {
            std::array<char, 16> text{};
            pthread_getname_np(pthread_self(), text.data(), text.size());
            index.set_value(pool.currentWorker().value());
            name.set_value(text.data());
        }));
        CPPUNIT_ASSERT(other.trySubmit([&] { stranger.set_value(pool.currentWorker().has_value()); }));
        const std::size_t which = index.get_future().get();
        CPPUNIT_ASSERT(which < 2);
        CPPUNIT_ASSERT_EQUAL(std::string("a-rather-long-").append(std::to_string(which)), name.get_future().get());
        CPPUNIT_ASSERT(!stranger.get_future().get());
    }

    void nicesItsThreads() {
        const int own = getpriority(PRIO_PROCESS, 0);
        WorkerPool pool({"nice", 1, 2, 3});
        std::promise<int> priority;
        CPPUNIT_ASSERT(pool.trySubmit([&] { priority.set_value(getpriority(PRIO_PROCESS, 0)); }));
        CPPUNIT_ASSERT_EQUAL(std::min(own + 3, 19), priority.get_future().get());
        CPPUNIT_ASSERT_EQUAL(own, getpriority(PRIO_PROCESS, 0));
    }

    void threadsTakeNoSignals() {
        WorkerPool pool({"mask", 1, 2, 0});
        std::promise<std::pair<bool, bool>> blocked;
        CPPUNIT_ASSERT(pool.trySubmit([&] {
            sigset_t mask;
            pthread_sigmask(SIG_BLOCK, nullptr, &mask);
            blocked.set_value({sigismember(&mask, SIGTERM) == 1, sigismember(&mask, SIGSEGV) == 1});
        }));
        const auto [term, fault] = blocked.get_future().get();
        CPPUNIT_ASSERT(term);
        CPPUNIT_ASSERT(!fault);
    }

    void manySubmittersLoseNothing() {
        constexpr int submitters = 4;
        constexpr int each = 5000;
        WorkerPool pool({"storm", 3, 16, 0});
        std::atomic<int> ran{0};
        std::atomic<int> refused{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < submitters; ++i) {
            threads.emplace_back([&] {
                for (int k = 0; k < each; ++k) {
                    if (!pool.trySubmit([&ran] { ++ran; })) ++refused;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(submitters * each, ran + refused);
        const WorkerPoolCounters counters = pool.counters();
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(ran), counters.completed);
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(refused), counters.rejected);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, counters.running);
    }

    void backgroundTasksStepBack() {
        WorkerPool pool({"back", 1, 8, 0, 1, 8});
        Gate gate;
        std::vector<int> order; // written by the one thread
        std::array<Task, 3> background{Task([&] { order.push_back(1); }), gate.waiter(),
                                       Task([&] { order.push_back(3); })};
        CPPUNIT_ASSERT(pool.trySubmitBackground(background));
        CPPUNIT_ASSERT(eventually([&] { return gate.entered() == 1; }));
        for (int i = 0; i < 2; ++i) CPPUNIT_ASSERT(pool.trySubmit([&] { order.push_back(2); }));
        gate.open();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT((order == std::vector<int>{1, 2, 2, 3}));
    }

    void backgroundTasksLeaveThreadsToOthers() {
        WorkerPool pool({"share", 3, 8, 0, 2, 8});
        Gate gates[3];
        std::array<Task, 3> background{gates[0].waiter(), gates[1].waiter(), gates[2].waiter()};
        CPPUNIT_ASSERT(pool.trySubmitBackground(background));
        CPPUNIT_ASSERT(eventually([&] { return gates[0].entered() + gates[1].entered() == 2; }));
        std::promise<void> ran;
        CPPUNIT_ASSERT(pool.trySubmit([&] { ran.set_value(); }));
        const bool hasRun = ran.get_future().wait_for(patience) == std::future_status::ready;
        const WorkerPoolCounters counters = pool.counters();
        const int third = gates[2].entered();
        gates[0].open();
        const bool goesOn = eventually([&] { return gates[2].entered() == 1; });
        gates[1].open();
        gates[2].open();
        CPPUNIT_ASSERT(hasRun);
        CPPUNIT_ASSERT_EQUAL(0, third);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, counters.backgroundQueued);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, counters.queued);
        CPPUNIT_ASSERT(goesOn);
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
    }

    void takesAllBackgroundTasksOrNone() {
        WorkerPool pool({"room", 1, 1, 0, 1, 2});
        Gate gate;
        CPPUNIT_ASSERT(pool.trySubmit(gate.waiter()));
        CPPUNIT_ASSERT(eventually([&] { return gate.entered() == 1; }));
        int ran = 0;
        std::array<Task, 3> three{Task([&] { ++ran; }), Task([&] { ++ran; }), Task([&] { ++ran; })};
        CPPUNIT_ASSERT(!pool.trySubmitBackground(three));
        for (const Task& task : three) CPPUNIT_ASSERT(task);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, pool.counters().rejected);
        CPPUNIT_ASSERT(pool.trySubmitBackground(std::span(three).first(2)));
        CPPUNIT_ASSERT(!pool.trySubmitBackground(std::span(three).last(1)));
        CPPUNIT_ASSERT(pool.trySubmit([] {})); // it has a queue of its own
        gate.open();
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(2, ran);
        CPPUNIT_ASSERT(!pool.trySubmitBackground(std::span(three).last(1))); // it has drained
        WorkerPool without({"none", 1, 8, 0});
        CPPUNIT_ASSERT(!without.trySubmitBackground(std::span(three).last(1)));
    }

    void drainRunsBackgroundTasks() {
        WorkerPool pool({"drain", 3, 1, 0, 1, 100});
        int ran = 0; // one at a time
        std::vector<Task> tasks;
        for (int i = 0; i < 100; ++i) tasks.emplace_back([&] { ++ran; });
        CPPUNIT_ASSERT(pool.trySubmitBackground(tasks));
        CPPUNIT_ASSERT(pool.drain(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(100, ran);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{100}, pool.counters().completed);
    }

    void destructorDiscardsBackgroundTasks() {
        auto witness = std::make_shared<int>(0);
        Gate gate;
        auto pool = std::make_unique<WorkerPool>(WorkerPoolSettings{"discard", 1, 4, 0, 1, 4});
        std::array<Task, 2> tasks{gate.waiter(), Task([witness] { ++*witness; })};
        CPPUNIT_ASSERT(pool->trySubmitBackground(tasks));
        CPPUNIT_ASSERT(eventually([&] { return gate.entered() == 1; }));
        std::thread destroyer([&pool] { pool.reset(); });
        const bool discarded = eventually([&] { return witness.use_count() == 1; });
        gate.open();
        destroyer.join();
        CPPUNIT_ASSERT(discarded);
        CPPUNIT_ASSERT_EQUAL(0, *witness);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WorkerPoolTest);

} // namespace mortise::base
