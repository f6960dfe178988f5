// SPDX-License-Identifier: Apache-2.0
#include "window.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace mortise::rate_limit;

namespace {

constexpr Limit fixed{3, 60, Algorithm::fixed};
constexpr Limit sliding{10, 60, Algorithm::sliding};

// How many of `tries` requests at `now` pass.
unsigned passing(Window& window, const Limit& limit, Seconds now, unsigned tries) {
    unsigned passed = 0;
    for (unsigned i = 0; i < tries; ++i) passed += window.take(limit, now).refused ? 0 : 1;
    return passed;
}

} // namespace

class WindowTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WindowTest);
    CPPUNIT_TEST(refusesPastTheLimit);
    CPPUNIT_TEST(countsDown);
    CPPUNIT_TEST(beginsWithTheFirstRequest);
    CPPUNIT_TEST(refusedRequestsDoNotProlong);
    CPPUNIT_TEST(theNextWindowIsWhole);
    CPPUNIT_TEST(aLimitOfOne);
    CPPUNIT_TEST(aClockThatIsBehind);
    CPPUNIT_TEST(aClockThatHasJustBegun);
    CPPUNIT_TEST(fixedLetsTwoBurstsMeet);
    CPPUNIT_TEST(slidingDoesNot);
    CPPUNIT_TEST(slidingRegainsBitByBit);
    CPPUNIT_TEST(slidingForgetsAfterTwoWindows);
    CPPUNIT_TEST(resetIsWhenTheNextOnePasses);
    CPPUNIT_TEST(largestNumbersFit);
    CPPUNIT_TEST(useIsAShareOfTheLimit);
    CPPUNIT_TEST(addsUp);
    CPPUNIT_TEST(addsOnlyWhatStillCounts);
    CPPUNIT_TEST(addsNonsenseHarmlessly);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesPastTheLimit() {
        Window window;
        CPPUNIT_ASSERT_EQUAL(3u, passing(window, fixed, 1000, 5));
    }
    void countsDown() {
        Window window;
        for (const unsigned remaining : {2u, 1u, 0u}) {
            const Standing standing = window.take(fixed, 1000);
            CPPUNIT_ASSERT(!standing.refused);
            CPPUNIT_ASSERT_EQUAL(remaining, standing.remaining);
            CPPUNIT_ASSERT_EQUAL(Seconds{1060}, standing.reset);
        }
        const Standing refused = window.take(fixed, 1010);
        CPPUNIT_ASSERT(refused.refused);
        CPPUNIT_ASSERT_EQUAL(0u, refused.remaining);
        CPPUNIT_ASSERT_EQUAL(Seconds{1060}, refused.reset);
    }
    void beginsWithTheFirstRequest() {
        Window window;
        window.take(fixed, 1000);
        CPPUNIT_ASSERT_EQUAL(Seconds{1060}, window.take(fixed, 1059).reset);
        CPPUNIT_ASSERT_EQUAL(Seconds{1190}, window.take(fixed, 1130).reset);
    }
    void refusedRequestsDoNotProlong() {
        for (const Limit& limit : {fixed, Limit{3, 60, Algorithm::sliding}}) {
            Window window;
            passing(window, limit, 1000, 3);
            const Seconds reset = window.take(limit, 1001).reset;
            passing(window, limit, 1030, 1000);
            CPPUNIT_ASSERT_EQUAL(reset, window.take(limit, 1031).reset);
            CPPUNIT_ASSERT(!window.take(limit, reset).refused);
        }
    }
    void theNextWindowIsWhole() {
        Window window;
        passing(window, fixed, 1000, 9);
        CPPUNIT_ASSERT_EQUAL(0u, passing(window, fixed, 1059, 9));
        CPPUNIT_ASSERT_EQUAL(3u, passing(window, fixed, 1060, 9));
    }
    void aLimitOfOne() {
        for (const Algorithm algorithm : {Algorithm::fixed, Algorithm::sliding}) {
            const Limit one{1, 10, algorithm};
            Window window;
            const Standing first = window.take(one, 1000);
            CPPUNIT_ASSERT(!first.refused);
            CPPUNIT_ASSERT_EQUAL(0u, first.remaining);
            CPPUNIT_ASSERT(window.take(one, 1009).refused);
            CPPUNIT_ASSERT(window.take(one, first.reset - 1).refused);
            CPPUNIT_ASSERT(!window.take(one, first.reset).refused);
        }
    }
    void aClockThatIsBehind() {
        for (const Limit& limit : {fixed, sliding}) {
            Window window;
            window.take(limit, 1000);
            window.take(limit, 999);
            CPPUNIT_ASSERT_EQUAL(2u, window.current());
            CPPUNIT_ASSERT_EQUAL(Seconds{1000}, window.start());
        }
    }
    void aClockThatHasJustBegun() {
        Window window;
        CPPUNIT_ASSERT_EQUAL(Seconds{65}, window.take(fixed, 5).reset);
    }

    // The known weakness: the end of one window and the beginning of the next are two bursts in a row.
    void fixedLetsTwoBurstsMeet() {
        const Limit ten{10, 60, Algorithm::fixed};
        Window window;
        window.take(ten, 1000);
        CPPUNIT_ASSERT_EQUAL(9u, passing(window, ten, 1059, 20));
        CPPUNIT_ASSERT_EQUAL(10u, passing(window, ten, 1060, 20));
    }
    void slidingDoesNot() {
        Window window;
        window.take(sliding, 1000);
        CPPUNIT_ASSERT_EQUAL(9u, passing(window, sliding, 1059, 20));
        CPPUNIT_ASSERT_EQUAL(0u, passing(window, sliding, 1060, 20));
    }
    void slidingRegainsBitByBit() {
        Window window;
        passing(window, sliding, 1000, 10);
        unsigned passed = 0;
        for (Seconds now = 1060; now < 1120; ++now) {
            passed += passing(window, sliding, now, 20);
            // What is allowed by then: the part of the first ten that is past.
            CPPUNIT_ASSERT(passed <= (now - 1060) * 10 / 60 + 1);
        }
        CPPUNIT_ASSERT_EQUAL(9u, passed);
    }
    void slidingForgetsAfterTwoWindows() {
        Window window;
        passing(window, sliding, 1000, 10);
        CPPUNIT_ASSERT_EQUAL(10u, passing(window, sliding, 1120, 20));
        window = Window();
        passing(window, sliding, 1000, 10);
        CPPUNIT_ASSERT_EQUAL(9u, passing(window, sliding, 1119, 20)); // a second of the old window still counts
    }

    void resetIsWhenTheNextOnePasses() {
        for (const std::uint32_t most : {1u, 2u, 3u, 7u, 10u, 100u}) {
            for (const Seconds length : {1u, 2u, 7u, 60u}) {
                for (const Algorithm algorithm : {Algorithm::fixed, Algorithm::sliding}) {
                    const Limit limit{most, length, algorithm};
                    Window window;
                    Seconds now = 1000;
                    for (unsigned i = 0; i < 500; ++i, now += i % 11 == 0 ? 1 : 0) {
                        const Standing standing = window.take(limit, now);
                        CPPUNIT_ASSERT(standing.reset > now);
                        if (standing.remaining > 0) continue;
                        Window copy = window;
                        CPPUNIT_ASSERT(copy.take(limit, standing.reset - 1).refused);
                        copy = window;
                        CPPUNIT_ASSERT(!copy.take(limit, standing.reset).refused);
                    }
                }
            }
        }
    }
    void largestNumbersFit() {
        const Limit limit{most_requests, longest_window, Algorithm::sliding};
        Window window(1000, most_requests - 1, 0);
        Standing standing = window.take(limit, 1000);
        CPPUNIT_ASSERT(!standing.refused);
        CPPUNIT_ASSERT_EQUAL(0u, standing.remaining);
        CPPUNIT_ASSERT(window.take(limit, 1000).refused);
        CPPUNIT_ASSERT(window.isExhausted(limit, 1000));
        CPPUNIT_ASSERT(!window.take(limit, 1000 + longest_window + 1).refused);
        CPPUNIT_ASSERT(window.take(limit, 1000 + longest_window + 1).remaining > 0);
    }

    void useIsAShareOfTheLimit() {
        Window window;
        CPPUNIT_ASSERT(window.isOver(fixed, 1000));
        passing(window, fixed, 1000, 2);
        CPPUNIT_ASSERT_DOUBLES_EQUAL(2.0 / 3, window.use(fixed, 1059), 1e-9);
        CPPUNIT_ASSERT(!window.isExhausted(fixed, 1059));
        CPPUNIT_ASSERT(window.isOver(fixed, 1060));
        passing(window, fixed, 1010, 1);
        CPPUNIT_ASSERT(window.isExhausted(fixed, 1059));
        CPPUNIT_ASSERT(!window.isExhausted(fixed, 1060));

        Window slid;
        passing(slid, sliding, 1000, 5);
        CPPUNIT_ASSERT_DOUBLES_EQUAL(0.25, slid.use(sliding, 1090), 1e-9);
        CPPUNIT_ASSERT(!slid.isOver(sliding, 1119));
        CPPUNIT_ASSERT(slid.isOver(sliding, 1120));
    }

    void addsUp() {
        Window window(1010, 1, 0);
        window.add(Window(1000, 1, 0), fixed, 1020);
        CPPUNIT_ASSERT_EQUAL(2u, window.current());
        CPPUNIT_ASSERT_EQUAL(Seconds{1060}, window.take(fixed, 1020).reset); // of the older one
        CPPUNIT_ASSERT(window.take(fixed, 1020).refused);
        Window slid;
        slid.add(Window(1000, 6, 4), sliding, 1030);
        CPPUNIT_ASSERT_EQUAL(6u, slid.current());
        CPPUNIT_ASSERT_EQUAL(4u, slid.previous());
    }
    void addsOnlyWhatStillCounts() {
        Window window(1055, 1, 0);
        window.add(Window(1000, 3, 0), fixed, 1060);
        CPPUNIT_ASSERT_EQUAL(1u, window.current());
        CPPUNIT_ASSERT_EQUAL(Seconds{1055}, window.start());
        Window empty;
        empty.add(Window(1000, 3, 0), fixed, 1060);
        CPPUNIT_ASSERT(empty.isOver(fixed, 1060));
    }
    void addsNonsenseHarmlessly() {
        Window window;
        window.add(Window(4'000'000'000u, 4'000'000'000u, 4'000'000'000u), fixed, 1000);
        CPPUNIT_ASSERT_EQUAL(3u, window.current());
        CPPUNIT_ASSERT_EQUAL(Seconds{1000}, window.start()); // nobody is locked out by a time to come
        CPPUNIT_ASSERT(!window.take(fixed, 1060).refused);
        Window slid;
        slid.add(Window(4'000'000'000u, 4'000'000'000u, 4'000'000'000u), sliding, 1000);
        CPPUNIT_ASSERT(slid.isOver(sliding, 1120));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WindowTest);
