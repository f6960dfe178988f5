// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <ctime>
#include <limits>

namespace mortise::base {

class ClockTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ClockTest);
    CPPUNIT_TEST(clampsWhatHasNoText);
    CPPUNIT_TEST(formatsIso8601);
    CPPUNIT_TEST(formatsHttpDate);
    CPPUNIT_TEST(agreesWithTheLibrary);
    CPPUNIT_TEST(clocksMove);
    CPPUNIT_TEST_SUITE_END();

public:
    void clampsWhatHasNoText() {
        CPPUNIT_ASSERT_EQUAL(std::string("9999-12-31T23:59:59.999Z"),
                             iso8601(std::numeric_limits<std::int64_t>::max()));
        CPPUNIT_ASSERT_EQUAL(std::string("0000-01-01T00:00:00.000Z"),
                             iso8601(std::numeric_limits<std::int64_t>::min()));
        CPPUNIT_ASSERT_EQUAL(std::string("Fri, 31 Dec 9999 23:59:59 GMT"),
                             httpDate(std::numeric_limits<std::int64_t>::max()));
    }

    void formatsIso8601() {
        CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"), iso8601(0));
        CPPUNIT_ASSERT_EQUAL(std::string("1969-12-31T23:59:59.999Z"), iso8601(-1));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-02T03:04:05.678Z"), iso8601(1767323045678));
        CPPUNIT_ASSERT_EQUAL(std::string("2024-02-29T00:00:00.000Z"), iso8601(1709164800000));
    }

    void formatsHttpDate() {
        // The example of RFC 9110 section 5.6.7.
        CPPUNIT_ASSERT_EQUAL(std::string("Sun, 06 Nov 1994 08:49:37 GMT"), httpDate(784111777));
    }

    void agreesWithTheLibrary() {
        for (std::int64_t second = -5'000'000'000; second < 20'000'000'000; second += 86399 * 97) {
            const std::time_t time = second;
            std::tm parts{};
            ::gmtime_r(&time, &parts);
            char text[64];
            std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
            CPPUNIT_ASSERT_EQUAL(std::string(text), httpDate(second));
        }
    }

    void clocksMove() {
        const std::uint64_t before = monotonicNs();
        CPPUNIT_ASSERT(monotonicNs() >= before);
        CPPUNIT_ASSERT(wallMs() > 1'700'000'000'000);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClockTest);

} // namespace mortise::base
