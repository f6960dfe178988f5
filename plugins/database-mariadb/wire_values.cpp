// SPDX-License-Identifier: Apache-2.0
#include "wire_values.hpp"

#include <algorithm>
#include <bit>
#include <chrono>

namespace mortise::mariadb {

namespace {

namespace chrono = std::chrono;

constexpr char digits[] = "0123456789abcdef";
constexpr std::size_t mostDecimalDigits = 65;
constexpr unsigned microsecondDigits = 6;

bool isHyphenAt(std::size_t index) {
    return index == 8 || index == 13 || index == 18 || index == 23;
}

int hexValue(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    const char lower = static_cast<char>(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char* writeDigits(char* at, std::uint64_t value, int count) {
    for (int i = count; i-- > 0; value /= 10) at[i] = digits[value % 10];
    return at + count;
}

WireReader reader(std::string_view bytes) {
    const auto* const begin = reinterpret_cast<const unsigned char*>(bytes.data());
    return {begin, begin + bytes.size()};
}

} // namespace

bool toUuidBytes(std::string_view text, char* bytes) noexcept {
    if (text.size() != uuidLength) return false;
    std::size_t at = 0;
    for (std::size_t i = 0; i < uuidBytes; ++i) {
        if (isHyphenAt(at) && text[at++] != '-') return false;
        const int high = hexValue(text[at]);
        const int low = hexValue(text[at + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = static_cast<char>(high << 4 | low);
        at += 2;
    }
    return true;
}

void writeUuid(const char* bytes, char* text) noexcept {
    for (std::size_t i = 0, at = 0; i < uuidBytes; ++i) {
        if (isHyphenAt(at)) text[at++] = '-';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text[at++] = digits[byte >> 4];
        text[at++] = digits[byte & 15];
    }
}

bool isDecimal(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const auto isDigits = [](std::string_view part) {
        return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (point == std::string_view::npos) return isDigits(text) && text.size() <= mostDecimalDigits;
    return isDigits(text.substr(0, point)) && isDigits(text.substr(point + 1)) && text.size() - 1 <= mostDecimalDigits;
}

bool toDateTime(std::int64_t milliseconds, MYSQL_TIME& time) noexcept {
    const chrono::sys_time<chrono::milliseconds> instant{chrono::milliseconds(milliseconds)};
    constexpr chrono::sys_days first = chrono::year(0) / 1 / 1;
    constexpr chrono::sys_days end = chrono::year(10000) / 1 / 1;
    if (instant < first || instant >= end) return false;
    const auto day = chrono::floor<chrono::days>(instant);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(instant - day);
    time = {};
    time.year = static_cast<unsigned>(static_cast<int>(date.year()));
    time.month = static_cast<unsigned>(date.month());
    time.day = static_cast<unsigned>(date.day());
    time.hour = static_cast<unsigned>(clock.hours().count());
    time.minute = static_cast<unsigned>(clock.minutes().count());
    time.second = static_cast<unsigned>(clock.seconds().count());
    time.second_part = static_cast<unsigned long>(chrono::microseconds(clock.subseconds()).count());
    time.time_type = MYSQL_TIMESTAMP_DATETIME;
    return true;
}

const unsigned char* WireReader::take(std::uint64_t size) noexcept {
    if (size > static_cast<std::uint64_t>(end_ - at_)) {
        ok_ = false;
        at_ = end_;
        return nullptr;
    }
    const unsigned char* const taken = at_;
    at_ += size;
    return taken;
}

std::uint64_t WireReader::integer(std::size_t size) noexcept {
    const unsigned char* const bytes = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; bytes != nullptr && i < size; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
    return value;
}
double WireReader::real32() noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(integer(4)));
}
double WireReader::real64() noexcept {
    return std::bit_cast<double>(integer(8));
}
std::string_view WireReader::bytes() noexcept {
    const std::uint64_t first = integer(1);
    const std::uint64_t length = first < 251 ? first : integer(first == 252 ? 2 : first == 253 ? 3 : 8);
    const unsigned char* const found = take(length);
    return found == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(found), length);
}

bool readDateTime(std::string_view bytes, std::int64_t& milliseconds) noexcept {
    if (bytes.size() < 4) return false;
    WireReader read = reader(bytes);
    const chrono::year year(static_cast<int>(read.integer(2)));
    const chrono::month month(static_cast<unsigned>(read.integer(1)));
    const chrono::year_month_day date(year, month, chrono::day(static_cast<unsigned>(read.integer(1))));
    if (!date.ok()) return false;
    chrono::microseconds clock{};
    if (bytes.size() >= 7) {
        clock += chrono::hours(read.integer(1));
        clock += chrono::minutes(read.integer(1));
        clock += chrono::seconds(read.integer(1));
    }
    if (bytes.size() >= 11) clock += chrono::microseconds(read.integer(4));
    const chrono::milliseconds day = chrono::sys_days(date).time_since_epoch();
    milliseconds = (day + chrono::floor<chrono::milliseconds>(clock)).count();
    return true;
}

std::size_t writeDate(std::string_view bytes, char* text) noexcept {
    WireReader read = reader(bytes);
    const bool some = bytes.size() >= 4;
    char* at = writeDigits(text, some ? read.integer(2) : 0, 4);
    *at++ = '-';
    at = writeDigits(at, some ? read.integer(1) : 0, 2);
    *at++ = '-';
    at = writeDigits(at, some ? read.integer(1) : 0, 2);
    return static_cast<std::size_t>(at - text);
}

std::size_t writeTime(std::string_view bytes, unsigned decimals, char* text) noexcept {
    WireReader read = reader(bytes);
    const bool some = bytes.size() >= 8;
    char* at = text;
    if (some && read.integer(1) != 0) *at++ = '-';
    const std::uint64_t days = some ? read.integer(4) : 0;
    const std::uint64_t hours = (some ? read.integer(1) : 0) + days % 100 * 24; // at most 34 days
    at = writeDigits(at, hours, hours < 100 ? 2 : 3);
    *at++ = ':';
    at = writeDigits(at, some ? read.integer(1) : 0, 2);
    *at++ = ':';
    at = writeDigits(at, some ? read.integer(1) : 0, 2);
    if (decimals == 0 || decimals > microsecondDigits) return static_cast<std::size_t>(at - text);
    std::uint64_t fraction = bytes.size() >= 12 ? read.integer(4) : 0;
    for (unsigned i = decimals; i < microsecondDigits; ++i) fraction /= 10;
    *at++ = '.';
    at = writeDigits(at, fraction, static_cast<int>(decimals));
    return static_cast<std::size_t>(at - text);
}

} // namespace mortise::mariadb
