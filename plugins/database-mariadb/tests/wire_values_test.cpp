// SPDX-License-Identifier: Apache-2.0
#include "wire_values.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <string>

namespace mortise::mariadb {

namespace {

std::string uuidText(const std::array<char, uuidBytes>& bytes) {
    std::string text(uuidLength, ' ');
    writeUuid(bytes.data(), text.data());
    return text;
}
std::string dateText(std::string_view bytes) {
    std::string text(longestTime, ' ');
    text.resize(writeDate(bytes, text.data()));
    return text;
}
std::string timeText(std::string_view bytes, unsigned decimals = 0) {
    std::string text(longestTime, ' ');
    text.resize(writeTime(bytes, decimals, text.data()));
    return text;
}

} // namespace

class WireValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WireValuesTest);
    CPPUNIT_TEST(testUuids);
    CPPUNIT_TEST(testDecimals);
    CPPUNIT_TEST(testDateTimesThatAreSent);
    CPPUNIT_TEST(testDateTimesThatCome);
    CPPUNIT_TEST(testDatesAndTimes);
    CPPUNIT_TEST(testLengths);
    CPPUNIT_TEST(testTooShort);
    CPPUNIT_TEST_SUITE_END();

public:
    void testUuids() {
        std::array<char, uuidBytes> bytes{};
        CPPUNIT_ASSERT(toUuidBytes("0192f0A7-BEEF-7000-8fff-0123456789ab", bytes.data()));
        CPPUNIT_ASSERT_EQUAL(std::string("0192f0a7-beef-7000-8fff-0123456789ab"), uuidText(bytes));
        for (const char* const text :
             {"", "0192f0a7-beef-7000-8fff-0123456789a", "0192f0a7-beef-7000-8fff-0123456789abc",
              "0192f0a7beef-7000-8fff-0123456789abcd-", "0192f0a7-beef-7000-8fff-0123456789ag",
              "{192f0a7-beef-7000-8fff-0123456789ab}", "0192f0a7-beef-7000-8fff_0123456789ab"})
            CPPUNIT_ASSERT_MESSAGE(text, !toUuidBytes(text, bytes.data()));
    }

    void testDecimals() {
        for (const std::string& text : {std::string("0"), std::string("-12.50"), std::string(65, '9'),
                                        std::string(35, '9') + "." + std::string(30, '9')})
            CPPUNIT_ASSERT_MESSAGE(text, isDecimal(text));
        for (const std::string& text :
             {std::string(), std::string("-"), std::string("."), std::string("1."), std::string(".5"),
              std::string("+1"), std::string("1e3"), std::string("--1"), std::string(" 1"), std::string("1.2.3"),
              std::string(66, '9'), std::string(36, '9') + "." + std::string(30, '9')})
            CPPUNIT_ASSERT_MESSAGE(text, !isDecimal(text));
    }

    void testDateTimesThatAreSent() {
        MYSQL_TIME time{};
        CPPUNIT_ASSERT(toDateTime(-1, time));
        CPPUNIT_ASSERT_EQUAL(1969u, time.year);
        CPPUNIT_ASSERT_EQUAL(31u, time.day);
        CPPUNIT_ASSERT_EQUAL(59u, time.second);
        CPPUNIT_ASSERT_EQUAL(999000ul, time.second_part);
        CPPUNIT_ASSERT(toDateTime(253402300799999, time));
        CPPUNIT_ASSERT_EQUAL(9999u, time.year);
        CPPUNIT_ASSERT(!toDateTime(253402300800000, time));
        CPPUNIT_ASSERT(toDateTime(-62167219200000, time));
        CPPUNIT_ASSERT(!toDateTime(-62167219200001, time));
        CPPUNIT_ASSERT(!toDateTime(INT64_MAX, time));
        CPPUNIT_ASSERT(!toDateTime(INT64_MIN, time));
    }

    void testDateTimesThatCome() {
        std::int64_t found = 0;
        const auto read = [&](std::string_view bytes) { return readDateTime(bytes, found); };
        CPPUNIT_ASSERT(read({"\xe8\x07\x02\x1d", 4})); // 2024-02-29
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1709164800000}, found);
        CPPUNIT_ASSERT(read({"\xe8\x07\x02\x1d\x01\x02\x03", 7}));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1709168523000}, found);
        CPPUNIT_ASSERT(read({"\xe8\x07\x02\x1d\x01\x02\x03\x3f\x42\x0f\x00", 11})); // .999999
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1709168523999}, found);
        CPPUNIT_ASSERT(read({"\xb1\x07\x0c\x1f\x17\x3b\x3b\x3f\x42\x0f\x00", 11})); // 1969, down to the millisecond
        CPPUNIT_ASSERT_EQUAL(std::int64_t{-1}, found);
        CPPUNIT_ASSERT(!read({}));                      // 0000-00-00
        CPPUNIT_ASSERT(!read({"\xe8\x07\x00\x00", 4})); // 2024-00-00
        CPPUNIT_ASSERT(!read({"\xe7\x07\x02\x1d", 4})); // 2023-02-29
    }

    void testDatesAndTimes() {
        CPPUNIT_ASSERT_EQUAL(std::string("0000-00-00"), dateText({}));
        CPPUNIT_ASSERT_EQUAL(std::string("2024-02-29"), dateText({"\xe8\x07\x02\x1d", 4}));
        CPPUNIT_ASSERT_EQUAL(std::string("00:00:00"), timeText({}));
        CPPUNIT_ASSERT_EQUAL(std::string("00:00:00.000"), timeText({}, 3));
        CPPUNIT_ASSERT_EQUAL(std::string("-838:59:58"), timeText({"\x01\x22\x00\x00\x00\x16\x3b\x3a", 8}));
        CPPUNIT_ASSERT_EQUAL(std::string("01:02:03.09"), timeText({"\0\0\0\0\0\x01\x02\x03\x90\x5f\x01\x00", 12}, 2));
    }

    void testLengths() {
        const std::string longer(300, 'x');
        const std::string row = std::string("\x02") + "ab" + "\xfc\x2c\x01" + longer + '\0' + "\xff";
        const auto* const begin = reinterpret_cast<const unsigned char*>(row.data());
        WireReader reader(begin, begin + row.size());
        CPPUNIT_ASSERT_EQUAL(std::string("ab"), std::string(reader.bytes()));
        CPPUNIT_ASSERT_EQUAL(longer, std::string(reader.bytes()));
        CPPUNIT_ASSERT_EQUAL(std::string(), std::string(reader.bytes()));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{255}, reader.integer(1));
        CPPUNIT_ASSERT(reader.ok());
    }

    // What is said to be longer than what is there.
    void testTooShort() {
        const std::string lengths[] = {"",
                                       "\x03"
                                       "ab",
                                       "\xfc\x01", std::string("\xfd\xff\0\0", 4),
                                       "\xfe\xff\xff\xff\xff\xff\xff\xff\xff"
                                       "ab"};
        for (const std::string& bytes : lengths) {
            const auto* const begin = reinterpret_cast<const unsigned char*>(bytes.data());
            WireReader reader(begin, begin + bytes.size());
            CPPUNIT_ASSERT(reader.bytes().empty());
            CPPUNIT_ASSERT(!reader.ok());
            CPPUNIT_ASSERT(reader.at() == begin + bytes.size());
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, reader.integer(8));
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WireValuesTest);

} // namespace mortise::mariadb
