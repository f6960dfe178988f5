// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// An escape sequence of a string: what it means, or that it means nothing.
struct Escape {
    char32_t point = 0;
    std::uint8_t size = 0; // characters of the sequence; of an invalid one those that a message shows (UTF-16 units)
    bool isValid = false;
    bool isUnicode = false; // begins with \u

    // Reads the one that begins with the backslash at `offset`.
    static Escape read(std::string_view source, std::size_t offset);
};

// The letter behind the backslash in the short escape that GraphQL and JSON write for a character; 0 when it has none.
constexpr char shortEscape(char c) {
    switch (c) {
    case '"':
    case '\\':
        return c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

} // namespace mortise::graphql
