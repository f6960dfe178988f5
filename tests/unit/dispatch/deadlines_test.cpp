// SPDX-License-Identifier: Apache-2.0
#include "dispatch/deadlines.hpp"

#include "fake_environment.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <vector>

namespace mortise::dispatch {

class DeadlinesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeadlinesTest);
    CPPUNIT_TEST(comesUpNotBeforeAndSoonAfter);
    CPPUNIT_TEST(disarmedNeverComesUp);
    CPPUNIT_TEST(isArmedAgainFromInside);
    CPPUNIT_TEST(armingFromInsideHidesNobody);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::uint64_t tick = http::TimingWheel::tick_ms;

public:
    void comesUpNotBeforeAndSoonAfter() {
        tests::FakeEnvironment environment;
        http::WheelEntry entry;
        std::vector<std::uint64_t> came;
        Deadlines deadlines(environment, [&](http::WheelEntry&) { came.push_back(environment.nowMs()); });
        for (const std::uint64_t after : {0, 1, 63, 64, 500, 16'000}) {
            came.clear();
            const std::uint64_t due = environment.nowMs() + after;
            deadlines.arm(entry, due);
            environment.advance(after + 3 * tick);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, came.size());
            CPPUNIT_ASSERT(came.front() >= due && came.front() <= due + 2 * tick + 16);
            environment.advance(20'000); // it stands still meanwhile
        }
    }
    void disarmedNeverComesUp() {
        tests::FakeEnvironment environment;
        http::WheelEntry entry;
        int came = 0;
        Deadlines deadlines(environment, [&](http::WheelEntry&) { ++came; });
        deadlines.disarm(entry);
        deadlines.arm(entry, environment.nowMs() + 100);
        deadlines.disarm(entry);
        deadlines.disarm(entry);
        environment.advance(20'000);
        CPPUNIT_ASSERT_EQUAL(0, came);
        deadlines.arm(entry, environment.nowMs() + 100);
        environment.advance(300);
        CPPUNIT_ASSERT_EQUAL(1, came);
    }
    void isArmedAgainFromInside() {
        tests::FakeEnvironment environment;
        http::WheelEntry entry;
        int came = 0;
        Deadlines* all = nullptr;
        Deadlines deadlines(environment, [&](http::WheelEntry& one) {
            if (++came < 5) all->arm(one, environment.nowMs() + 1000);
        });
        all = &deadlines;
        deadlines.arm(entry, environment.nowMs() + 1000);
        environment.advance(10'000);
        CPPUNIT_ASSERT_EQUAL(5, came);
    }
    // The loop was held up for several ticks: the first one that comes up arms itself again, and those of the ticks
    // behind it come up all the same.
    void armingFromInsideHidesNobody() {
        tests::FakeEnvironment environment;
        http::WheelEntry first;
        http::WheelEntry second;
        int firsts = 0;
        int seconds = 0;
        Deadlines* all = nullptr;
        Deadlines deadlines(environment, [&](http::WheelEntry& one) {
            if (&one == &second) {
                ++seconds;
            } else {
                ++firsts;
                all->arm(one, environment.nowMs() + 5000);
            }
        });
        all = &deadlines;
        deadlines.arm(first, environment.nowMs() + tick);
        deadlines.arm(second, environment.nowMs() + 3 * tick);
        environment.jump(6 * tick);
        CPPUNIT_ASSERT_EQUAL(1, firsts);
        CPPUNIT_ASSERT_EQUAL(1, seconds);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeadlinesTest);

} // namespace mortise::dispatch
