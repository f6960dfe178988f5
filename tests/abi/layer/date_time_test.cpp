// SPDX-License-Identifier: Apache-2.0
#include <mortise/date_time.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <ctime>

using mortise::DateTime;

class DateTimeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DateTimeTest);
    CPPUNIT_TEST(refusesWhatIsNoTime);
    CPPUNIT_TEST(readsOffsetsAndFractions);
    CPPUNIT_TEST(writesWhatItReads);
    CPPUNIT_TEST(agreesWithTheCLibrary);
    CPPUNIT_TEST(pinsYears);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatIsNoTime() {
        for (const char* text : {"",
                                 "2026",
                                 "2026-01-02",
                                 "2026-01-02T03:04:05",
                                 "2026-01-02T03:04:05.",
                                 "2026-01-02T03:04:05.Z",
                                 "2026-13-02T03:04:05Z",
                                 "2026-00-02T03:04:05Z",
                                 "2026-01-32T03:04:05Z",
                                 "2026-02-29T03:04:05Z",
                                 "2026-01-02T24:00:00Z",
                                 "2026-01-02T03:60:05Z",
                                 "2026-01-02T03:04:61Z",
                                 "2026-01-02 03:04:05Z",
                                 "2026-01-02T03:04:05Zx",
                                 "2026-01-02T03:04:05+24:00",
                                 "2026-01-02T03:04:05+0100",
                                 "2026-01-02T03:04:05+01",
                                 "x026-01-02T03:04:05Z",
                                 "2026/01/02T03:04:05Z",
                                 "1900-02-29T00:00:00Z"})
            CPPUNIT_ASSERT_MESSAGE(text, !DateTime::parse(text));
    }
    void readsOffsetsAndFractions() {
        const std::int64_t at = 1'767'323'045'000;
        CPPUNIT_ASSERT_EQUAL(at, DateTime::parse("2026-01-02T03:04:05Z")->unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(at, DateTime::parse("2026-01-02t03:04:05z")->unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(at, DateTime::parse("2026-01-02T04:34:05+01:30")->unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(at, DateTime::parse("2026-01-01T22:04:05-05:00")->unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(at + 600, DateTime::parse("2026-01-02T03:04:05.6Z")->unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(at + 678, DateTime::parse("2026-01-02T03:04:05.6789999Z")->unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(DateTime::parse("2017-01-01T00:00:00Z")->unixMilliseconds,
                             DateTime::parse("2016-12-31T23:59:60Z")->unixMilliseconds);
    }
    void writesWhatItReads() {
        for (const char* text : {"1970-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "2024-02-29T12:34:56.789Z",
                                 "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2000-02-29T00:00:00.001Z"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), DateTime::parse(text)->text());
    }
    void agreesWithTheCLibrary() {
        for (std::int64_t day = -40'000; day < 40'000; day += 7) {
            const std::time_t seconds = day * 86'400 + day % 86'400;
            std::tm parts{};
            gmtime_r(&seconds, &parts);
            char text[32];
            std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
            CPPUNIT_ASSERT_EQUAL(std::string(text), DateTime{seconds * 1000}.text());
        }
    }
    void pinsYears() {
        CPPUNIT_ASSERT_EQUAL(std::string("9999-12-31T23:59:59.999Z"), DateTime{INT64_MAX}.text());
        CPPUNIT_ASSERT_EQUAL(std::string("0000-01-01T00:00:00.000Z"), DateTime{INT64_MIN}.text());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DateTimeTest);
