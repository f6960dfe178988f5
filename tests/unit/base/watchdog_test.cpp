// SPDX-License-Identifier: Apache-2.0
#include "base/watchdog.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace mortise::base {

namespace {

using namespace std::chrono_literals;
using Clock = Pulse::Clock;
using tests::eventually;

} // namespace

class WatchdogTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WatchdogTest);
    CPPUNIT_TEST(refusesNonsense);
    CPPUNIT_TEST(reportsALateLoopOnceAndItsRecovery);
    CPPUNIT_TEST(reportsAFatalHoldUpAndStopsBeingHealthy);
    CPPUNIT_TEST(seesWhatATokenPointsAt);
    CPPUNIT_TEST(idleIsNeverLate);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesNonsense() {
        CPPUNIT_ASSERT_THROW(Watchdog({0ms, 1ms, 2ms}, 1, {}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(Watchdog({1ms, 2ms, 2ms}, 1, {}), std::invalid_argument);
    }

    void reportsALateLoopOnceAndItsRecovery() {
        std::atomic<int> late{0};
        std::atomic<int> recovered{0};
        std::atomic<int> rounds{0};
        std::atomic<std::uint64_t> inside{0};
        WatchdogEvents events;
        events.late = [&](std::size_t index, Clock::duration, std::uint64_t token) {
            inside = token + index;
            ++late;
        };
        events.recovered = [&](std::size_t) { ++recovered; };
        events.healthy = [&] { ++rounds; };
        Watchdog watchdog({1ms, 1min, 1h}, 2, events);
        watchdog.pulse(1).enter(40);
        watchdog.pulse(1).busy(Clock::now() - 2min);
        CPPUNIT_ASSERT(eventually([&] { return late == 1; }));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{41}, inside.load());
        CPPUNIT_ASSERT(eventually([&] { return watchdog.lateCount() == 1; }));
        const int seen = rounds;
        CPPUNIT_ASSERT(eventually([&] { return rounds > seen + 3; }));
        CPPUNIT_ASSERT_EQUAL(1, late.load());
        watchdog.pulse(1).busy(Clock::now());
        CPPUNIT_ASSERT(eventually([&] { return recovered == 1; }));
        CPPUNIT_ASSERT(eventually([&] { return watchdog.lateCount() == 0; }));
    }

    // Under ThreadSanitizer: what was written before enter() may be read by who is told the token.
    void seesWhatATokenPointsAt() {
        std::atomic<bool> told{false};
        WatchdogEvents events;
        events.late = [&](std::size_t, Clock::duration, std::uint64_t token) {
            // What the loop puts there. NOLINTNEXTLINE(performance-no-int-to-ptr)
            const auto* const name = reinterpret_cast<const std::string*>(static_cast<std::uintptr_t>(token));
            told = *name == "written after the watchdog began";
        };
        Watchdog watchdog({1ms, 1min, 1h}, 1, events);
        const auto name = std::make_unique<std::string>("written after the watchdog began");
        watchdog.pulse(0).enter(reinterpret_cast<std::uintptr_t>(name.get()));
        watchdog.pulse(0).busy(Clock::now() - 2min);
        CPPUNIT_ASSERT(eventually([&] { return told.load(); }));
    }

    void reportsAFatalHoldUpAndStopsBeingHealthy() {
        std::atomic<int> fatal{0};
        std::atomic<int> healthyAfter{0};
        WatchdogEvents events;
        events.fatal = [&](std::size_t, Clock::duration heldUp, std::uint64_t) {
            if (heldUp > 1h) ++fatal;
        };
        events.healthy = [&] {
            if (fatal > 0) ++healthyAfter;
        };
        Watchdog watchdog({1ms, 1min, 1h}, 1, events);
        watchdog.pulse(0).busy(Clock::now() - 2h);
        CPPUNIT_ASSERT(eventually([&] { return fatal == 1; }));
        CPPUNIT_ASSERT_EQUAL(0, healthyAfter.load());
        watchdog.pulse(0).idle();
        CPPUNIT_ASSERT(eventually([&] { return healthyAfter > 3; }));
        CPPUNIT_ASSERT_EQUAL(1, fatal.load());
    }

    void idleIsNeverLate() {
        Pulse pulse;
        CPPUNIT_ASSERT(pulse.busyFor(Clock::now()) == Clock::duration::zero());
        const auto now = Clock::now();
        pulse.busy(now);
        CPPUNIT_ASSERT(pulse.busyFor(now + 5ms) == 5ms);
        pulse.idle();
        CPPUNIT_ASSERT(pulse.busyFor(now + 1h) == Clock::duration::zero());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WatchdogTest);

} // namespace mortise::base
