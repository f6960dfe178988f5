// SPDX-License-Identifier: Apache-2.0
#include "json/format.hpp"

#include "base/ip_address.hpp"
#include "base/uuid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mortise::json {
namespace {

constexpr std::array entries = {
    FormatEntry{Format::binary, "binary", "file"},
    FormatEntry{Format::date, "date", "date"},
    FormatEntry{Format::date_time, "date-time", "date-time"},
    FormatEntry{Format::email, "email", "email"},
    FormatEntry{Format::hostname, "hostname", "host name"},
    FormatEntry{Format::ipv4, "ipv4", "IPv4 address"},
    FormatEntry{Format::ipv6, "ipv6", "IPv6 address"},
    FormatEntry{Format::uri, "uri", "URI"},
    FormatEntry{Format::uuid, "uuid", "UUID"},
};

// Classes of bytes.
constexpr std::uint8_t digit = 1;
constexpr std::uint8_t alpha = 2;
constexpr std::uint8_t hex = 4;
constexpr std::uint8_t atext = 8;      // RFC 5322 section 3.2.3
constexpr std::uint8_t uri_plain = 16; // RFC 3986: unreserved and sub-delims
constexpr std::uint8_t uri_marks = 32; // what paths, queries and fragments have besides
constexpr std::uint8_t scheme = 64;

constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    const auto add = [&table](std::string_view bytes, std::uint8_t kinds) {
        for (const char byte : bytes) table[static_cast<unsigned char>(byte)] |= kinds;
    };
    add("0123456789", digit | hex | atext | uri_plain | scheme);
    add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", alpha | atext | uri_plain | scheme);
    add("abcdefABCDEF", hex);
    add("!#$%&'*+-/=?^_`{|}~", atext);
    add("-._~!$&'()*+,;=", uri_plain);
    add(":@/?", uri_marks);
    add("+-.", scheme);
    return table;
}();

constexpr bool is(char byte, std::uint8_t kinds) noexcept {
    return (classes[static_cast<unsigned char>(byte)] & kinds) != 0;
}

constexpr bool isDigit(char byte) noexcept {
    return is(byte, digit);
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
// A label of DNS; `digits` receives whether it has nothing else.
bool isLabel(std::string_view label, bool& digits) noexcept {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    digits = true;
    for (const char byte : label) {
        if (!is(byte, alpha | digit) && byte != '-') return false;
        digits = digits && is(byte, digit);
    }
    return true;
}

bool isHostname(std::string_view text) noexcept {
    if (text.size() > 253) return false;
    for (bool digits = false;;) {
        const std::size_t dot = text.find('.');
        if (!isLabel(text.substr(0, dot), digits)) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool isAddress(std::string_view text, base::IpAddress::Family family) noexcept {
    // IPv4-mapped IPv6 addresses are kept as IPv4 there.
    const bool v6 = text.find(':') != std::string_view::npos;
    return v6 == (family == base::IpAddress::Family::v6) && base::IpAddress::parse(text).has_value();
}

bool isEmail(std::string_view text) noexcept {
    const std::size_t sign = text.find('@');
    if (text.size() > 254 || sign == std::string_view::npos || sign == 0 || sign > 64) return false;
    const std::string_view local = text.substr(0, sign);
    for (std::size_t index = 0; index < local.size(); ++index) {
        const char byte = local[index];
        if (byte == '.') {
            if (index == 0 || index + 1 == local.size() || local[index + 1] == '.') return false;
        } else if (!is(byte, atext)) {
            return false;
        }
    }
    std::string_view domain = text.substr(sign + 1);
    for (bool first = true;; first = false) {
        const std::size_t dot = domain.find('.');
        bool digits = false;
        if (!isLabel(domain.substr(0, dot), digits)) return false;
        if (dot == std::string_view::npos) return !first && !digits;
        domain.remove_prefix(dot + 1);
    }
}

// Bytes of these classes and percent escapes.
bool hasOnly(std::string_view text, std::uint8_t kinds, char other = 'a') noexcept {
    for (std::size_t index = 0; index < text.size(); ++index) {
        const char byte = text[index];
        if (byte == '%') {
            if (index + 2 >= text.size() || !is(text[index + 1], hex) || !is(text[index + 2], hex)) return false;
            index += 2;
        } else if (!is(byte, kinds) && byte != other) {
            return false;
        }
    }
    return true;
}

// [userinfo@]host[:port], the host a name, an IPv4 address or something in brackets.
bool isAuthority(std::string_view text) noexcept {
    const std::size_t sign = text.find('@');
    if (sign != std::string_view::npos) {
        if (!hasOnly(text.substr(0, sign), uri_plain, ':')) return false;
        text.remove_prefix(sign + 1);
    }
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos || end == 1 || !hasOnly(text.substr(1, end - 1), uri_plain, ':'))
            return false;
        ++end;
    } else {
        end = std::min(text.find(':'), text.size());
        if (!hasOnly(text.substr(0, end), uri_plain)) return false;
    }
    if (end == text.size()) return true;
    const std::string_view port = text.substr(end + 1);
    return text[end] == ':' && std::all_of(port.begin(), port.end(), isDigit);
}

bool isUri(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is(text[0], alpha)) return false;
    for (const char byte : text.substr(0, colon))
        if (!is(byte, scheme)) return false;
    text.remove_prefix(colon + 1);
    if (text.starts_with("//")) {
        const std::size_t end = std::min(text.find_first_of("/?#", 2), text.size());
        if (!isAuthority(text.substr(2, end - 2))) return false;
        text.remove_prefix(end);
    }
    const std::size_t fragment = std::min(text.find('#'), text.size());
    return hasOnly(text.substr(0, fragment), uri_plain | uri_marks) &&
           (fragment == text.size() || hasOnly(text.substr(fragment + 1), uri_plain | uri_marks));
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
    case Format::binary:
        return false;
    case Format::date:
        return isDate(text);
    case Format::date_time:
        return isDateTime(text);
    case Format::email:
        return isEmail(text);
    case Format::hostname:
        return isHostname(text);
    case Format::ipv4:
        return isAddress(text, base::IpAddress::Family::v4);
    case Format::ipv6:
        return isAddress(text, base::IpAddress::Family::v6);
    case Format::uri:
        return isUri(text);
    case Format::uuid:
        return base::Uuid::parse(text).has_value();
    }
    return false;
}

} // namespace mortise::json
