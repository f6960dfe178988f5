// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mortise::json {

// Values of the schema keyword `format`; all of them are asserted.
enum class Format : std::uint8_t {
    none,
    binary,    // a file that was uploaded, which no text is: the node has MORTISE_JSON_FILE
    date,      // RFC 3339 full-date, of the real calendar
    date_time, // RFC 3339 date-time; second 60 only where UTC has 23:59:60
    email,     // ASCII dot-atom, @, at least two DNS labels, the last one not all digits; at most 254 bytes
    hostname,  // RFC 1123: labels of letters, digits and inner hyphens; at most 253 bytes
    ipv4,      // dotted quad, without leading zeros
    ipv6,      // RFC 4291, without brackets and zone
    uri,       // RFC 3986 with a scheme; addresses as hosts are not looked into
    uuid,      // 8-4-4-4-12 hexadecimal digits of either case
};

struct FormatEntry {
    Format format;
    std::string_view keyword;
    std::string_view noun; // in messages: "must be a valid <noun>"
};
std::span<const FormatEntry> formats() noexcept;

std::optional<Format> formatOf(std::string_view keyword) noexcept;
std::string_view nounOf(Format format) noexcept;
bool matches(Format format, std::string_view text) noexcept;

} // namespace mortise::json
