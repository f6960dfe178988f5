// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// A point in time as Unix milliseconds; as text always UTC with milliseconds: "2026-01-02T03:04:05.678Z".
struct DateTime {
    static constexpr std::size_t textSize = 24;

    std::int64_t unixMilliseconds = 0;

    static DateTime now() noexcept {
        using namespace std::chrono;
        return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
    }

    // Writes textSize characters. Years outside 0000-9999 are pinned to that range.
    void write(char* out) const noexcept;
    std::string text() const {
        std::string result(textSize, '0');
        write(result.data());
        return result;
    }
    // RFC 3339 section 5.6 with any offset; fractions beyond milliseconds are cut, a leap second counts as the next
    // second.
    static std::optional<DateTime> parse(std::string_view text) noexcept;

    friend bool operator==(DateTime a, DateTime b) noexcept { return a.unixMilliseconds == b.unixMilliseconds; }
    friend bool operator!=(DateTime a, DateTime b) noexcept { return !(a == b); }
    friend bool operator<(DateTime a, DateTime b) noexcept { return a.unixMilliseconds < b.unixMilliseconds; }
};

namespace detail {

// Proleptic Gregorian calendar, after Howard Hinnant's "chrono-compatible low-level date algorithms".
constexpr std::int64_t daysFromCivil(std::int64_t year, unsigned month, unsigned day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto yearOfEra = static_cast<unsigned>(year - era * 400);
    const unsigned dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146097 + static_cast<std::int64_t>(dayOfEra) - 719468;
}

constexpr unsigned daysInMonth(std::int64_t year, unsigned month) noexcept {
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month == 2) return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Exactly `count` digits at `text`, or false.
constexpr bool digits(std::string_view text, std::size_t at, std::size_t count, unsigned& value) noexcept {
    if (at + count > text.size()) return false;
    value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    return true;
}

inline char* putDigits(char* out, unsigned value, int count) noexcept {
    for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
    return out + count;
}

} // namespace detail

inline void DateTime::write(char* out) const noexcept {
    constexpr std::int64_t least = detail::daysFromCivil(0, 1, 1) * 86'400'000;
    constexpr std::int64_t most = detail::daysFromCivil(10000, 1, 1) * 86'400'000 - 1;
    const std::int64_t pinned = unixMilliseconds < least ? least : unixMilliseconds > most ? most : unixMilliseconds;
    std::int64_t days = pinned / 86'400'000;
    std::int64_t rest = pinned % 86'400'000;
    if (rest < 0) {
        rest += 86'400'000;
        --days;
    }
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const auto dayOfEra = static_cast<unsigned>(days - era * 146097);
    const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned shifted = (5 * dayOfYear + 2) / 153;
    const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    const std::int64_t year = static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0);
    const auto clock = static_cast<unsigned>(rest);
    out = detail::putDigits(out, static_cast<unsigned>(year), 4);
    *out++ = '-';
    out = detail::putDigits(out, month, 2);
    *out++ = '-';
    out = detail::putDigits(out, dayOfYear - (153 * shifted + 2) / 5 + 1, 2);
    *out++ = 'T';
    out = detail::putDigits(out, clock / 3'600'000, 2);
    *out++ = ':';
    out = detail::putDigits(out, clock / 60'000 % 60, 2);
    *out++ = ':';
    out = detail::putDigits(out, clock / 1000 % 60, 2);
    *out++ = '.';
    out = detail::putDigits(out, clock % 1000, 3);
    *out = 'Z';
}

inline std::optional<DateTime> DateTime::parse(std::string_view text) noexcept {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (text.size() < 20 || !detail::digits(text, 0, 4, year) || text[4] != '-' || !detail::digits(text, 5, 2, month) ||
        text[7] != '-' || !detail::digits(text, 8, 2, day) || (text[10] != 'T' && text[10] != 't') ||
        !detail::digits(text, 11, 2, hour) || text[13] != ':' || !detail::digits(text, 14, 2, minute) ||
        text[16] != ':' || !detail::digits(text, 17, 2, second))
        return std::nullopt;
    if (month < 1 || month > 12 || day < 1 || day > detail::daysInMonth(year, month) || hour > 23 || minute > 59 ||
        second > 60)
        return std::nullopt;
    std::size_t at = 19;
    std::int64_t milliseconds = 0;
    if (text[at] == '.') {
        const std::size_t begin = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
            if (at < begin + 3) milliseconds = milliseconds * 10 + (text[at] - '0');
        if (at == begin) return std::nullopt;
        for (std::size_t i = at - begin; i < 3; ++i) milliseconds *= 10;
    }
    if (at >= text.size()) return std::nullopt;
    std::int64_t offsetMinutes = 0;
    if (text[at] == 'Z' || text[at] == 'z') {
        if (at + 1 != text.size()) return std::nullopt;
    } else {
        unsigned hours = 0, minutes = 0;
        if ((text[at] != '+' && text[at] != '-') || at + 6 != text.size() || text[at + 3] != ':' ||
            !detail::digits(text, at + 1, 2, hours) || !detail::digits(text, at + 4, 2, minutes) || hours > 23 ||
            minutes > 59)
            return std::nullopt;
        offsetMinutes = static_cast<std::int64_t>(hours * 60 + minutes) * (text[at] == '-' ? -1 : 1);
    }
    const std::int64_t seconds = detail::daysFromCivil(year, month, day) * 86'400 +
                                 static_cast<std::int64_t>(hour * 3600 + minute * 60 + second) - offsetMinutes * 60;
    return DateTime{seconds * 1000 + milliseconds};
}

} // namespace v1
} // namespace mortise
