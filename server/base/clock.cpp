// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <algorithm>
#include <cstring>

#include <time.h>

namespace mortise::base {

namespace {

struct Civil {
    int year;
    unsigned month;   // 1 to 12
    unsigned day;     // 1 to 31
    unsigned weekday; // 0: Sunday
};

// Days since 1970-01-01 to the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
Civil civil(std::int64_t days) noexcept {
    const std::int64_t shifted = days + 719468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const auto day_of_era = static_cast<unsigned>(shifted - era * 146097);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_shifted = (5 * day_of_year + 2) / 153;
    const unsigned month = month_shifted < 10 ? month_shifted + 3 : month_shifted - 9;
    const std::int64_t weekday = ((days % 7) + 11) % 7; // 1970-01-01 was a Thursday
    return Civil{static_cast<int>(static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0)), month,
                 day_of_year - (153 * month_shifted + 2) / 5 + 1, static_cast<unsigned>(weekday)};
}

void digits(char* out, unsigned value, unsigned count) noexcept {
    while (count > 0) {
        out[--count] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

constexpr std::int64_t day_seconds = 86400;
constexpr std::int64_t first_second = -62167219200; // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253402300799;  // 9999-12-31T23:59:59Z

std::int64_t floorDivide(std::int64_t value, std::int64_t by) noexcept {
    return value / by - (value % by < 0 ? 1 : 0);
}

} // namespace

std::uint64_t monotonicNs() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

std::int64_t wallMs() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void formatIso8601(std::int64_t wall_ms, char* out) noexcept {
    wall_ms = std::clamp(wall_ms, first_second * 1000, last_second * 1000 + 999);
    const std::int64_t seconds = floorDivide(wall_ms, 1000);
    const std::int64_t days = floorDivide(seconds, day_seconds);
    const auto of_day = static_cast<unsigned>(seconds - days * day_seconds);
    const Civil date = civil(days);
    std::memcpy(out, "0000-00-00T00:00:00.000Z", iso8601Size);
    digits(out, static_cast<unsigned>(date.year), 4);
    digits(out + 5, date.month, 2);
    digits(out + 8, date.day, 2);
    digits(out + 11, of_day / 3600, 2);
    digits(out + 14, of_day / 60 % 60, 2);
    digits(out + 17, of_day % 60, 2);
    digits(out + 20, static_cast<unsigned>(wall_ms - seconds * 1000), 3);
}

std::string iso8601(std::int64_t wall_ms) {
    std::string text(iso8601Size, '\0');
    formatIso8601(wall_ms, text.data());
    return text;
}

void formatHttpDate(std::int64_t wall_seconds, char* out) noexcept {
    static constexpr char weekdays[] = "SunMonTueWedThuFriSat";
    static constexpr char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    wall_seconds = std::clamp(wall_seconds, first_second, last_second);
    const std::int64_t days = floorDivide(wall_seconds, day_seconds);
    const auto of_day = static_cast<unsigned>(wall_seconds - days * day_seconds);
    const Civil date = civil(days);
    std::memcpy(out, "Sun, 00 Jan 0000 00:00:00 GMT", httpDateSize);
    std::memcpy(out, weekdays + 3 * date.weekday, 3);
    digits(out + 5, date.day, 2);
    std::memcpy(out + 8, months + 3 * (date.month - 1), 3);
    digits(out + 12, static_cast<unsigned>(date.year), 4);
    digits(out + 17, of_day / 3600, 2);
    digits(out + 20, of_day / 60 % 60, 2);
    digits(out + 23, of_day % 60, 2);
}

std::string httpDate(std::int64_t wall_seconds) {
    std::string text(httpDateSize, '\0');
    formatHttpDate(wall_seconds, text.data());
    return text;
}

} // namespace mortise::base
