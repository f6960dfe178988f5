// SPDX-License-Identifier: Apache-2.0
#include "base/control_call.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <pthread.h>

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace mortise::base {

namespace {

using Clock = std::chrono::steady_clock;
using tests::patience;

struct Gate {
    std::promise<void> promise;
    std::shared_future<void> opened = promise.get_future().share();
};

// A thread-local whose destructor waits, as a plugin's may.
struct SlowToGo {
    std::shared_ptr<Gate> gate;
    ~SlowToGo() {
        if (gate != nullptr) gate->opened.wait();
    }
};
thread_local SlowToGo slowToGo;

bool eventuallyFinished(const ControlCalls& calls) {
    return tests::eventually([&] { return calls.unfinished() == 0; });
}

} // namespace

class ControlCallTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ControlCallTest);
    CPPUNIT_TEST(abandonsWhatHangs);
    CPPUNIT_TEST(beginsWithoutWaiting);
    CPPUNIT_TEST(countsHangingThreadLocals);
    CPPUNIT_TEST(oneHangingCallDelaysNoOther);
    CPPUNIT_TEST(passesExceptionsOn);
    CPPUNIT_TEST(returnsTheValueFromAThreadOfItsOwn);
    CPPUNIT_TEST_SUITE_END();

public:
    void abandonsWhatHangs() {
        ControlCalls calls;
        auto gate = std::make_shared<Gate>();
        const auto before = Clock::now();
        const auto result = calls.call("stop:hangs", before + std::chrono::milliseconds(50), [gate] {
            gate->opened.wait();
            return 1;
        });
        CPPUNIT_ASSERT(!result);
        CPPUNIT_ASSERT(Clock::now() - before >= std::chrono::milliseconds(50));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, calls.unfinished());
        CPPUNIT_ASSERT_EQUAL(std::string("stop:hangs"), calls.abandoned().at(0).name);
        CPPUNIT_ASSERT(calls.abandoned().at(0).started >= before);
        gate->promise.set_value();
        CPPUNIT_ASSERT(eventuallyFinished(calls));
        calls.reap();
        CPPUNIT_ASSERT(calls.abandoned().empty());
        CPPUNIT_ASSERT_EQUAL(1L, gate.use_count());
    }

    void beginsWithoutWaiting() {
        ControlCalls calls;
        auto gate = std::make_shared<Gate>();
        for (int i = 0; i < 2; ++i)
            calls.begin("drain", [gate] {
                gate->opened.wait();
                throw std::runtime_error("nobody hears it");
            });
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, calls.unfinished());
        gate->promise.set_value();
        CPPUNIT_ASSERT(eventuallyFinished(calls));
        calls.reap();
        CPPUNIT_ASSERT_EQUAL(1L, gate.use_count());
    }

    void countsHangingThreadLocals() {
        ControlCalls calls;
        auto gate = std::make_shared<Gate>();
        const auto result = calls.call("locals", Clock::now() + std::chrono::milliseconds(50), [gate] {
            slowToGo.gate = gate;
            return true;
        });
        CPPUNIT_ASSERT(!result);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, calls.unfinished());
        gate->promise.set_value();
        CPPUNIT_ASSERT(eventuallyFinished(calls));
    }

    void oneHangingCallDelaysNoOther() {
        ControlCalls calls;
        auto gate = std::make_shared<Gate>();
        std::thread other([&] {
            (void)calls.call("first", Clock::now() + patience, [gate] {
                gate->opened.wait();
                return 0;
            });
        });
        const auto second = calls.call("second", Clock::now() + patience, [] { return 2; });
        gate->promise.set_value();
        other.join();
        CPPUNIT_ASSERT_EQUAL(2, second.value());
    }

    void passesExceptionsOn() {
        ControlCalls calls;
        CPPUNIT_ASSERT_THROW((void)calls.call("throws", Clock::now() + patience,
                                              []() -> int { throw std::out_of_range("no such table"); }),
                             std::out_of_range);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, calls.unfinished());
    }

    void returnsTheValueFromAThreadOfItsOwn() {
        ControlCalls calls;
        auto owned = std::make_unique<std::string>("configured");
        const auto caller = std::this_thread::get_id();
        const auto result =
            calls.call("configure:a-long-plugin-name", Clock::now() + patience, [caller, text = std::move(owned)] {
                std::array<char, 16> name{};
                pthread_getname_np(pthread_self(), name.data(), name.size());
                const bool own = std::this_thread::get_id() != caller;
                return *text + (own ? " apart by " : " here by ") + name.data();
            });
        CPPUNIT_ASSERT_EQUAL(std::string("configured apart by configure:a-lon"), result.value());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ControlCallTest);

} // namespace mortise::base
