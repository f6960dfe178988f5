// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/date_time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// A day of the calendar without time and zone; as text "2026-01-02" (RFC 3339 full-date).
struct Date {
    static constexpr std::size_t textSize = 10;

    std::uint16_t year = 1970; // 0 to 9999
    std::uint8_t month = 1;    // 1 to 12
    std::uint8_t day = 1;

    static std::optional<Date> parse(std::string_view text) noexcept {
        unsigned y = 0, m = 0, d = 0;
        if (text.size() != textSize || !detail::digits(text, 0, 4, y) || text[4] != '-' ||
            !detail::digits(text, 5, 2, m) || text[7] != '-' || !detail::digits(text, 8, 2, d) || m < 1 || m > 12 ||
            d < 1 || d > detail::daysInMonth(y, m))
            return std::nullopt;
        return Date{static_cast<std::uint16_t>(y), static_cast<std::uint8_t>(m), static_cast<std::uint8_t>(d)};
    }
    // Since 1970-01-01; the day itself must be one of the calendar.
    std::int64_t days() const noexcept { return detail::daysFromCivil(year, month, day); }

    // Writes textSize characters.
    void write(char* out) const noexcept {
        out = detail::putDigits(out, year, 4);
        *out++ = '-';
        out = detail::putDigits(out, month, 2);
        *out++ = '-';
        detail::putDigits(out, day, 2);
    }
    std::string text() const {
        std::string result(textSize, '0');
        write(result.data());
        return result;
    }

    friend bool operator==(Date a, Date b) noexcept { return a.key() == b.key(); }
    friend bool operator!=(Date a, Date b) noexcept { return a.key() != b.key(); }
    friend bool operator<(Date a, Date b) noexcept { return a.key() < b.key(); }

private:
    std::uint32_t key() const noexcept { return year * 65536u + month * 256u + day; }
};

} // namespace v1
} // namespace mortise
