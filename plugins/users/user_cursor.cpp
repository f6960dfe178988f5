// SPDX-License-Identifier: Apache-2.0
#include "user_cursor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace users {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t idBytes = 16;
constexpr std::size_t byteCount = 1 + idBytes + 1; // divides by three: no padding and no unused bits
constexpr std::size_t textSize = byteCount / 3 * 4;
using Bytes = std::array<std::uint8_t, byteCount>;

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view hexDigits = "0123456789abcdef";

std::uint8_t checkOf(const Bytes& bytes) noexcept {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < byteCount; ++i) sum = (sum + bytes[i] + 1) * 167;
    return static_cast<std::uint8_t>(sum >> 8 ^ sum);
}

std::uint8_t hexValue(char c) noexcept {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

} // namespace

std::string encodeCursor(const UserId& last) {
    Bytes bytes{};
    bytes[0] = version;
    std::size_t nibble = 2;
    for (const char c : last.text()) {
        if (c == '-') continue;
        std::uint8_t& byte = bytes[nibble / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | hexValue(c));
        ++nibble;
    }
    bytes[byteCount - 1] = checkOf(bytes);
    std::string out;
    out.reserve(textSize);
    for (std::size_t i = 0; i < byteCount; i += 3) {
        const std::uint32_t group =
            static_cast<std::uint32_t>(bytes[i]) << 16 | static_cast<std::uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) out.push_back(digits[group >> shift & 63U]);
    }
    return out;
}

std::optional<UserId> decodeCursor(std::string_view cursor) noexcept {
    if (cursor.size() != textSize) return std::nullopt;
    Bytes bytes{};
    for (std::size_t i = 0; i < textSize; i += 4) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t digit = digits.find(cursor[i + k]);
            if (digit == std::string_view::npos) return std::nullopt;
            group = group << 6 | static_cast<std::uint32_t>(digit);
        }
        for (std::size_t k = 0; k < 3; ++k)
            bytes[i / 4 * 3 + k] = static_cast<std::uint8_t>(group >> (16 - 8 * k) & 255U);
    }
    if (bytes[0] != version || bytes[byteCount - 1] != checkOf(bytes)) return std::nullopt;
    std::array<char, UserId::size> text{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < idBytes; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
        text[at++] = hexDigits[bytes[1 + i] >> 4];
        text[at++] = hexDigits[bytes[1 + i] & 15U];
    }
    return UserId::parse({text.data(), text.size()});
}

} // namespace users
