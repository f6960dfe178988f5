// SPDX-License-Identifier: Apache-2.0
// Sinks that are replaced while threads log.
#include "host/log_hub.hpp"

#include "host/module_names.hpp"
#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::host {
namespace {

// Of a sink: who calls it, and who does after it was replaced.
struct Watched {
    std::atomic<bool> replaced{false};
    std::atomic<int> calls{0};
    std::atomic<int> late{0};
    std::function<void()> during; // of write()

    void enter() noexcept {
        ++calls;
        if (replaced) ++late;
    }
    void leave() noexcept {
        if (replaced) ++late;
    }
};

// The sink itself is freed when the hub lets go of it, as an instance's is.
std::shared_ptr<LogSink> sinkTo(Watched& watched) {
    static const base::CodeOwner owner{"sink", "plugin 'sink'"};
    auto sink = std::make_shared<LogSink>(LogSink{owner});
    sink->self = &watched;
    sink->table.struct_size = sizeof sink->table;
    sink->table.level = [](void* self, mortise_view) -> std::uint32_t {
        auto& to = *static_cast<Watched*>(self);
        to.enter();
        to.leave();
        return MORTISE_LOG_INFO;
    };
    sink->table.write = [](void* self, const mortise_log_record*) {
        auto& to = *static_cast<Watched*>(self);
        to.enter();
        if (to.during) to.during();
        to.leave();
    };
    return sink;
}

// Threads that are joined whatever an assertion throws.
class Threads {
public:
    Threads() = default;
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() { join(); }

    void start(int count, const std::function<void()>& run) {
        for (int i = 0; i < count; ++i) all_.emplace_back(run);
    }
    void join() {
        over = true;
        for (std::thread& one : all_) one.join();
        all_.clear();
    }

    std::atomic<bool> over{false};

private:
    std::vector<std::thread> all_;
};

} // namespace

class LogHubReplacementTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LogHubReplacementTest);
    CPPUNIT_TEST(callsNoSinkThatWasReplaced);
    CPPUNIT_TEST(waitsForMoreCallsThanItHasSlots);
    CPPUNIT_TEST(keepsTheSinkOfACallThatBlocks);
    CPPUNIT_TEST_SUITE_END();

    LogHub hub_;

    // False when it may have given up: on a machine that lets a thread stand for a second.
    bool replaceBy(std::shared_ptr<const LogSink> sink) {
        const auto begin = std::chrono::steady_clock::now();
        hub_.setSink(std::move(sink));
        return std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(900);
    }

public:
    void callsNoSinkThatWasReplaced() {
        std::deque<Watched> sinks(1);
        hub_.setSink(sinkTo(sinks.back()));
        std::atomic<bool> traced{false};
        Threads threads;
        threads.start(4, [&] {
            while (!threads.over) {
                if (hub_.enabled(base::Level::trace, "host")) traced = true;
                hub_.log(base::Level::info, "host", "Message");
            }
        });
        for (int i = 0; i < 2'000; ++i) {
            Watched& before = sinks.back();
            if (i % 100 == 5)
                CPPUNIT_ASSERT_MESSAGE("nobody logs", tests::eventually([&] { return before.calls > 0; }));
            Watched& next = sinks.emplace_back();
            before.replaced = replaceBy(i % 10 == 9 ? nullptr : sinkTo(next)); // now and then none at all
        }
        threads.join();
        for (const Watched& one : sinks) CPPUNIT_ASSERT_EQUAL(0, one.late.load());
        CPPUNIT_ASSERT_MESSAGE("a level was not asked for", !traced);
    }

    // Those without a slot return last.
    void waitsForMoreCallsThanItHasSlots() {
        constexpr int slots = 32;
        constexpr int callers = 40;
        Watched watched;
        std::atomic<int> entered{0};
        std::atomic<int> left{0};
        std::atomic<bool> freeSlots{false};
        std::atomic<bool> freeRest{false};
        watched.during = [&] { (entered++ < slots ? freeSlots : freeRest).wait(false); };
        hub_.setSink(sinkTo(watched));
        Threads threads;
        const auto log = [&] {
            hub_.log(base::Level::info, "host", "Message");
            ++left;
        };
        threads.start(slots, log);
        bool inside = tests::eventually([&] { return entered == slots; });
        threads.start(callers - slots, log);
        inside = inside && tests::eventually([&] { return entered == callers; });
        threads.start(1, [&] { watched.replaced = replaceBy(nullptr); });
        const bool swapped = tests::eventually([&] { return hub_.sink() == nullptr; });
        freeSlots = true;
        freeSlots.notify_all();
        inside = tests::eventually([&] { return left == slots; }) && inside;
        for (int i = 0; i < 1'000; ++i) std::this_thread::yield(); // for one that does not wait
        freeRest = true;
        freeRest.notify_all();
        threads.join();
        CPPUNIT_ASSERT(inside && swapped);
        CPPUNIT_ASSERT_EQUAL_MESSAGE("calls that it did not wait for", 0, watched.late.load());
    }

    void keepsTheSinkOfACallThatBlocks() {
        Watched watched;
        std::atomic<bool> free{false};
        watched.during = [&free] { free.wait(false); };
        auto made = sinkTo(watched);
        const std::weak_ptr<const LogSink> sink = made;
        hub_.setSink(std::move(made));
        Threads threads;
        threads.start(1, [&] { hub_.log(base::Level::info, "host", "Message"); });
        const bool inside = tests::eventually([&] { return watched.calls == 2; });
        hub_.setSink(nullptr); // after its deadline
        hub_.setSink(nullptr);
        const bool kept = !sink.expired();
        free = true;
        free.notify_all();
        threads.join();
        CPPUNIT_ASSERT(inside);
        CPPUNIT_ASSERT_MESSAGE("the call stands on a sink that is gone", kept);
        hub_.setSink(nullptr);
        CPPUNIT_ASSERT_MESSAGE("the sink is kept for ever", sink.expired());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(LogHubReplacementTest);

} // namespace mortise::host
