// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace mortise::http {

namespace character_class {

constexpr std::uint8_t token = 1;  // tchar (RFC 9110 section 5.6.2)
constexpr std::uint8_t field = 2;  // HTAB, SP, VCHAR, obs-text (RFC 9110 section 5.5)
constexpr std::uint8_t target = 4; // what may stand unescaped in a path or a query: visible ASCII but '#'
constexpr std::uint8_t host = 8;   // unreserved, sub-delims, '%' (RFC 3986 section 3.2.2)
constexpr std::uint8_t id = 16;    // A-Z a-z 0-9 . _ -

constexpr std::array<std::uint8_t, 256> make() noexcept {
    std::array<std::uint8_t, 256> table{};
    const auto mark = [&table](const char* characters, std::uint8_t with) {
        for (; *characters != '\0'; ++characters) table[static_cast<std::uint8_t>(*characters)] |= with;
    };
    for (unsigned c = 0x20; c < 0x100; ++c) {
        if (c != 0x7f) table[c] |= field;
    }
    table['\t'] |= field;
    for (unsigned c = 0x21; c < 0x7f; ++c) {
        if (c != '#') table[c] |= target;
    }
    constexpr const char* alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    mark(alphanumeric, token | host | id);
    mark("!#$%&'*+-.^_`|~", token);
    mark("-._~!$&'()*+,;=%", host);
    mark("._-", id);
    return table;
}

inline constexpr std::array<std::uint8_t, 256> table = make();

} // namespace character_class

inline bool isClass(char c, std::uint8_t which) noexcept {
    return (character_class::table[static_cast<std::uint8_t>(c)] & which) != 0;
}
inline bool isTokenCharacter(char c) noexcept {
    return isClass(c, character_class::token);
}
inline bool isFieldCharacter(char c) noexcept {
    return isClass(c, character_class::field);
}
inline bool isBlank(char c) noexcept {
    return c == ' ' || c == '\t';
}

// -1 when it is none.
inline int hexDigit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace mortise::http
