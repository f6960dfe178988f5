// SPDX-License-Identifier: Apache-2.0
#include "json/number.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

using mortise::json::isMultiple;
using mortise::json::Number;
using mortise::json::NumberScan;
using mortise::json::scanNumber;

class NumberTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NumberTest);
    CPPUNIT_TEST(scanStopsAtTheFirstByteThatDoesNotFit);
    CPPUNIT_TEST(integersByValue);
    CPPUNIT_TEST(comparesAcrossKinds);
    CPPUNIT_TEST(tooSmallIsZero);
    CPPUNIT_TEST(multiplesAreDecimal);
    CPPUNIT_TEST_SUITE_END();

    void scanStopsAtTheFirstByteThatDoesNotFit() {
        struct Case {
            std::string text;
            NumberScan result;
            std::size_t length;
        };
        const Case cases[] = {
            {"", NumberScan::malformed, 0},         {"x", NumberScan::malformed, 0},
            {"-", NumberScan::malformed, 1},        {"1.", NumberScan::malformed, 2},
            {"1.x", NumberScan::malformed, 2},      {"1e-", NumberScan::malformed, 3},
            {"12 ", NumberScan::integer, 2},        {"007", NumberScan::integer, 1},
            {"-0", NumberScan::integer, 2},         {"1.5e3,", NumberScan::real, 5},
            {"1E+2", NumberScan::real, 4},          {"0x1", NumberScan::integer, 1},
            {"9e999", NumberScan::out_of_range, 5}, {"99999999999999999999", NumberScan::out_of_range, 20},
        };
        for (const Case& item : cases) {
            std::size_t length = 99;
            CPPUNIT_ASSERT_MESSAGE(item.text, scanNumber(item.text, length) == item.result);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.text, item.length, length);
        }
    }

    void integersByValue() {
        CPPUNIT_ASSERT(Number::of("1.0").int64() == 1);
        CPPUNIT_ASSERT(Number::of("1e2").int64() == 100);
        CPPUNIT_ASSERT(!Number::of("1.5").int64());
        CPPUNIT_ASSERT(!Number::of("1e300").isInteger());
        CPPUNIT_ASSERT(!Number::of("18446744073709551615").int64());
        CPPUNIT_ASSERT(Number::of("18446744073709551615").uint64() == std::numeric_limits<std::uint64_t>::max());
        CPPUNIT_ASSERT(!Number::of("-1").uint64());
        CPPUNIT_ASSERT(Number::of("-9223372036854775808").int64() == std::numeric_limits<std::int64_t>::min());
        // 18 digits, the last that fit whatever they are, and 19.
        CPPUNIT_ASSERT(Number::of("-999999999999999999").int64() == -999999999999999999);
        CPPUNIT_ASSERT(Number::of("1000000000000000000").int64() == 1000000000000000000);
        CPPUNIT_ASSERT(Number::of("0").int64() == 0 && Number::of("-0").int64() == 0);
        // Decimals, read by division where that is exact.
        CPPUNIT_ASSERT_EQUAL(12.34, Number::of("12.34").real());
        CPPUNIT_ASSERT_EQUAL(-0.1, Number::of("-0.1").real());
        CPPUNIT_ASSERT_EQUAL(9007199254740.993, Number::of("9007199254740.993").real());
        CPPUNIT_ASSERT_EQUAL(0.000000000000003, Number::of("0.000000000000003").real());
        CPPUNIT_ASSERT_EQUAL(0.0000000000000003, Number::of("0.0000000000000003").real());
        CPPUNIT_ASSERT_EQUAL(123456789012345678.5, Number::of("123456789012345678.5").real());
        CPPUNIT_ASSERT(std::signbit(Number::of("-0.0").real()));
        CPPUNIT_ASSERT(!Number::of("9.3e18").int64());
        CPPUNIT_ASSERT(Number::of("9.3e18").uint64().has_value());
        CPPUNIT_ASSERT(!Number::of("18446744073709551616.0").uint64());
    }

    void comparesAcrossKinds() {
        CPPUNIT_ASSERT_EQUAL(0, Number::of("1").compare(Number::of("1.0")));
        CPPUNIT_ASSERT_EQUAL(-1, Number::of("-1").compare(Number::of("18446744073709551615")));
        // Beyond 2^53 a comparison as doubles would call these equal.
        CPPUNIT_ASSERT_EQUAL(1, Number::of("9007199254740993").compare(Number::of("9007199254740992.0")));
        CPPUNIT_ASSERT_EQUAL(1, Number::of("9007199254740993").compare(Number::of("9007199254740992")));
        CPPUNIT_ASSERT_EQUAL(-1, Number::of("18446744073709551615").compare(Number::of("1.8446744073709551616e19")));
    }

    void tooSmallIsZero() {
        CPPUNIT_ASSERT_EQUAL(0.0, Number::of("1e-400").real());
        CPPUNIT_ASSERT_EQUAL(0, Number::of("-1e-400").compare(Number::of("0")));
    }

    void multiplesAreDecimal() {
        struct Case {
            const char* value;
            const char* divisor;
            bool expected;
        };
        const Case cases[] = {
            {"0.3", "0.1", true},
            {"0.0075", "0.0001", true},
            {"0.00751", "0.0001", false},
            {"4.5", "1.5", true},
            {"35", "1.5", false},
            {"0", "7", true},
            {"0.0", "0.01", true},
            {"-21", "7", true},
            {"-22", "7", false},
            {"1e2", "50", true},
            {"1e308", "0.123456789", false},
            {"1e308", "0.5", true},
            {"12391239123", "1e-8", true},
            {"1", "1e300", false},
            {"1e-300", "1", false},
            {"19.99", "0.01", true},
            {"19.999", "0.01", false},
            {"18446744073709551615", "5", true},
            {"18446744073709551615", "2", false},
            {"0.10000000000000000000000001", "0.1", true}, // taken at double precision
            {"100", "10", true},
            {"10", "100", false},
        };
        for (const Case& item : cases)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(item.value) + " / " + item.divisor, item.expected,
                                         isMultiple(item.value, item.divisor));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NumberTest);
