// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/uuid.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// A version, the id, and a check that tells a mangled cursor: divides by three, so no padding and no unused bits.
constexpr std::size_t cursorBytes = 1 + 16 + 1;
constexpr std::size_t cursorSize = cursorBytes / 3 * 4;
using CursorBytes = std::array<std::uint8_t, cursorBytes>;

constexpr std::uint8_t cursorVersion = 1;
// RFC 4648 section 5.
constexpr std::string_view cursorDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline std::uint8_t cursorCheck(const CursorBytes& bytes) noexcept {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < cursorBytes; ++i) sum = (sum + bytes[i] + 1) * 167;
    return static_cast<std::uint8_t>(sum >> 8 ^ sum);
}

inline std::uint8_t hexValue(char c) noexcept {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

} // namespace detail

// A place in a list that is ordered by its ids: behind the row with that id, whether or not there still is one. 24
// characters of base64url that clients hand back as they got them. One id has one cursor.
inline std::string encodeCursor(const Uuid& last) {
    detail::CursorBytes bytes{};
    bytes[0] = detail::cursorVersion;
    std::size_t nibble = 2;
    for (const char c : last.text()) {
        if (c == '-') continue;
        std::uint8_t& byte = bytes[nibble / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | detail::hexValue(c));
        ++nibble;
    }
    bytes[detail::cursorBytes - 1] = detail::cursorCheck(bytes);
    std::string out;
    out.reserve(detail::cursorSize);
    for (std::size_t i = 0; i < detail::cursorBytes; i += 3) {
        const std::uint32_t group =
            static_cast<std::uint32_t>(bytes[i]) << 16 | static_cast<std::uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) out.push_back(detail::cursorDigits[group >> shift & 63U]);
    }
    return out;
}

// Nothing for what encodeCursor() never writes.
inline std::optional<Uuid> decodeCursor(std::string_view cursor) noexcept {
    if (cursor.size() != detail::cursorSize) return std::nullopt;
    detail::CursorBytes bytes{};
    for (std::size_t i = 0; i < detail::cursorSize; i += 4) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t digit = detail::cursorDigits.find(cursor[i + k]);
            if (digit == std::string_view::npos) return std::nullopt;
            group = group << 6 | static_cast<std::uint32_t>(digit);
        }
        for (std::size_t k = 0; k < 3; ++k)
            bytes[i / 4 * 3 + k] = static_cast<std::uint8_t>(group >> (16 - 8 * k) & 255U);
    }
    if (bytes[0] != detail::cursorVersion || bytes[detail::cursorBytes - 1] != detail::cursorCheck(bytes))
        return std::nullopt;
    std::array<char, Uuid::size> text{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
        text[at++] = "0123456789abcdef"[bytes[1 + i] >> 4];
        text[at++] = "0123456789abcdef"[bytes[1 + i] & 15U];
    }
    return Uuid::parse({text.data(), text.size()});
}

} // namespace v1
} // namespace mortise
