// SPDX-License-Identifier: Apache-2.0
#include "json/format.hpp"

#include "base/uuid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mortise::json {
namespace {

constexpr std::array entries = {
    FormatEntry{Format::date, "date", "date"},    FormatEntry{Format::date_time, "date-time", "date-time"},
    FormatEntry{Format::email, "email", "email"}, FormatEntry{Format::uri, "uri", "URI"},
    FormatEntry{Format::uuid, "uuid", "UUID"},
};

constexpr bool isDigit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}

constexpr bool isAlpha(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

constexpr bool isHex(char byte) noexcept {
    return isDigit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

bool isOneOf(char byte, std::string_view set) noexcept {
    return set.find(byte) != std::string_view::npos;
}

// Exactly `digits` decimal digits at `at`.
bool readDigits(std::string_view text, std::size_t at, std::size_t digits, int& value) noexcept {
    if (text.size() < at + digits) return false;
    value = 0;
    for (std::size_t index = at; index < at + digits; ++index) {
        if (!isDigit(text[index])) return false;
        value = value * 10 + (text[index] - '0');
    }
    return true;
}

bool isDate(std::string_view text) noexcept {
    int year = 0;
    int month = 0;
    int day = 0;
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    if (!readDigits(text, 0, 4, year) || !readDigits(text, 5, 2, month) || !readDigits(text, 8, 2, day)) return false;
    if (month < 1 || month > 12) return false;
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

bool isDateTime(std::string_view text) noexcept {
    if (text.size() < 20 || !isDate(text.substr(0, 10)) || (text[10] != 'T' && text[10] != 't')) return false;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!readDigits(text, 11, 2, hour) || text[13] != ':' || !readDigits(text, 14, 2, minute) || text[16] != ':' ||
        !readDigits(text, 17, 2, second))
        return false;
    if (hour > 23 || minute > 59 || second > 60) return false;
    std::size_t at = 19;
    if (text[at] == '.') {
        const std::size_t fraction = ++at;
        while (at < text.size() && isDigit(text[at])) ++at;
        if (at == fraction) return false;
    }
    int offset = 0; // minutes east of UTC
    const std::string_view zone = text.substr(at);
    if (zone != "Z" && zone != "z") {
        int hours = 0;
        int minutes = 0;
        if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return false;
        if (!readDigits(zone, 1, 2, hours) || !readDigits(zone, 4, 2, minutes) || hours > 23 || minutes > 59)
            return false;
        offset = (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    }
    if (second < 60) return true;
    constexpr int day = 24 * 60;
    return (hour * 60 + minute - offset + day) % day == day - 1;
}

// RFC 5321 section 4.5.3.1: 64 bytes before the @, 254 in all (a path of 256 with its brackets).
bool isEmail(std::string_view text) noexcept {
    const std::size_t sign = text.find('@');
    if (text.size() > 254 || sign == std::string_view::npos || sign == 0 || sign > 64) return false;
    const std::string_view local = text.substr(0, sign);
    for (std::size_t index = 0; index < local.size(); ++index) {
        const char byte = local[index];
        if (byte == '.') {
            if (index == 0 || index + 1 == local.size() || local[index + 1] == '.') return false;
        } else if (!isAlpha(byte) && !isDigit(byte) && !isOneOf(byte, "!#$%&'*+-/=?^_`{|}~")) {
            return false;
        }
    }
    std::string_view domain = text.substr(sign + 1);
    for (bool first = true;; first = false) {
        const std::size_t dot = domain.find('.');
        const std::string_view label = domain.substr(0, dot);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        bool digits = true;
        for (const char byte : label) {
            if (!isAlpha(byte) && !isDigit(byte) && byte != '-') return false;
            digits = digits && isDigit(byte);
        }
        if (dot == std::string_view::npos) return !first && !digits;
        domain.remove_prefix(dot + 1);
    }
}

// Characters and percent escapes of `text`; outside of the letters and digits those of `marks`.
bool hasOnly(std::string_view text, std::string_view marks) noexcept {
    for (std::size_t index = 0; index < text.size(); ++index) {
        const char byte = text[index];
        if (byte == '%') {
            if (index + 2 >= text.size() || !isHex(text[index + 1]) || !isHex(text[index + 2])) return false;
            index += 2;
        } else if (!isAlpha(byte) && !isDigit(byte) && !isOneOf(byte, marks)) {
            return false;
        }
    }
    return true;
}

// [userinfo@]host[:port], the host a name, an IPv4 address or something in brackets.
bool isAuthority(std::string_view text) noexcept {
    const std::size_t sign = text.find('@');
    if (sign != std::string_view::npos) {
        if (!hasOnly(text.substr(0, sign), "-._~!$&'()*+,;=:")) return false;
        text.remove_prefix(sign + 1);
    }
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos || end == 1 || !hasOnly(text.substr(1, end - 1), "-._~!$&'()*+,;=:"))
            return false;
        ++end;
    } else {
        end = std::min(text.find(':'), text.size());
        if (!hasOnly(text.substr(0, end), "-._~!$&'()*+,;=")) return false;
    }
    if (end == text.size()) return true;
    const std::string_view port = text.substr(end + 1);
    return text[end] == ':' && std::all_of(port.begin(), port.end(), isDigit);
}

bool isUri(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !isAlpha(text[0])) return false;
    for (const char byte : text.substr(0, colon))
        if (!isAlpha(byte) && !isDigit(byte) && !isOneOf(byte, "+-.")) return false;
    text.remove_prefix(colon + 1);
    if (text.starts_with("//")) {
        const std::size_t end = std::min(text.find_first_of("/?#", 2), text.size());
        if (!isAuthority(text.substr(2, end - 2))) return false;
        text.remove_prefix(end);
    }
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/?";
    const std::size_t fragment = std::min(text.find('#'), text.size());
    return hasOnly(text.substr(0, fragment), marks) &&
           (fragment == text.size() || hasOnly(text.substr(fragment + 1), marks));
}

} // namespace

std::span<const FormatEntry> formats() noexcept {
    return entries;
}

std::optional<Format> formatOf(std::string_view keyword) noexcept {
    for (const FormatEntry& entry : entries)
        if (entry.keyword == keyword) return entry.format;
    return std::nullopt;
}

std::string_view nounOf(Format format) noexcept {
    for (const FormatEntry& entry : entries)
        if (entry.format == format) return entry.noun;
    return {};
}

bool matches(Format format, std::string_view text) noexcept {
    switch (format) {
    case Format::none:
        return true;
    case Format::date:
        return isDate(text);
    case Format::date_time:
        return isDateTime(text);
    case Format::email:
        return isEmail(text);
    case Format::uri:
        return isUri(text);
    case Format::uuid:
        return base::Uuid::parse(text).has_value();
    }
    return false;
}

} // namespace mortise::json
