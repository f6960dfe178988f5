// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mysql/mysql.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::mariadb {

// Values as they are in MariaDB's binary protocol (https://mariadb.com/kb/en/result-set-packets/).

constexpr std::size_t uuidBytes = 16;
constexpr std::size_t uuidLength = 36;

// False: it is no UUID of 36 characters.
bool toUuidBytes(std::string_view text, char* bytes) noexcept;
// Writes 36 characters, in lower case.
void writeUuid(const char* bytes, char* text) noexcept;

// "-12.50": at most 65 digits, as many as a DECIMAL has.
bool isDecimal(std::string_view text) noexcept;

// From Unix time, in UTC; false: the year has not four digits.
bool toDateTime(std::int64_t milliseconds, MYSQL_TIME& time) noexcept;

// Bytes of a row that are taken from the front. Past their end there are none: then all that is read is 0 and empty.
class WireReader {
public:
    WireReader(const unsigned char* begin, const unsigned char* end) noexcept : at_(begin), end_(end) {}

    const unsigned char* at() const noexcept { return at_; }
    // Whether there were as many as were wanted.
    bool ok() const noexcept { return ok_; }
    // `size` bytes, least significant first.
    std::uint64_t integer(std::size_t size) noexcept;
    double real32() noexcept;
    double real64() noexcept;
    // Length-encoded.
    std::string_view bytes() noexcept;

private:
    // The next `size`; null: there are none.
    const unsigned char* take(std::uint64_t size) noexcept;

    const unsigned char* at_;
    const unsigned char* end_;
    bool ok_ = true;
};

// Of a DATE, DATETIME or TIMESTAMP as it is sent. False: it is no date, 0000-00-00 or one with a day or month 0.
bool readDateTime(std::string_view bytes, std::int64_t& milliseconds) noexcept;

// Room for a date or a time.
constexpr std::size_t longestTime = 24;
// "YYYY-MM-DD" of a DATE as it is sent; 0000-00-00, too.
std::size_t writeDate(std::string_view bytes, char* text) noexcept;
// "-838:59:59.123456" of a TIME as it is sent; a fraction of `decimals` digits.
std::size_t writeTime(std::string_view bytes, unsigned decimals, char* text) noexcept;

} // namespace mortise::mariadb
