// SPDX-License-Identifier: Apache-2.0
#include "base64url.hpp"

#include <array>
#include <cstdint>

namespace auth {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t foreign = 0xFF;

constexpr std::array<std::uint8_t, 256> makeValues() {
    std::array<std::uint8_t, 256> values{};
    for (std::uint8_t& value : values) value = foreign;
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}

constexpr std::array<std::uint8_t, 256> values = makeValues();

std::uint32_t byteAt(std::string_view bytes, std::size_t index) noexcept {
    return static_cast<unsigned char>(bytes[index]);
}

} // namespace

void encodeBase64Url(std::string_view bytes, char* out) noexcept {
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group = byteAt(bytes, i) << 16 | byteAt(bytes, i + 1) << 8 | byteAt(bytes, i + 2);
        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        *out++ = alphabet[group >> 6 & 63];
        *out++ = alphabet[group & 63];
    }
    const std::size_t rest = bytes.size() - i;
    if (rest == 0) return;
    const std::uint32_t group = byteAt(bytes, i) << 16 | (rest == 2 ? byteAt(bytes, i + 1) << 8 : 0);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    if (rest == 2) *out = alphabet[group >> 6 & 63];
}

void appendBase64Url(std::string& out, std::string_view bytes) {
    const std::size_t before = out.size();
    out.resize(before + encodedSize(bytes.size()));
    encodeBase64Url(bytes, out.data() + before);
}

std::optional<std::size_t> decodeBase64Url(std::string_view text, char* out) noexcept {
    const auto valueAt = [text](std::size_t index) -> std::uint32_t {
        return values[static_cast<unsigned char>(text[index])];
    };
    char* const begin = out;
    std::size_t i = 0;
    std::uint32_t seen = 0; // a foreign character sets bits above 63, whichever group it stands in
    for (; i + 4 <= text.size(); i += 4) {
        const std::uint32_t a = valueAt(i);
        const std::uint32_t b = valueAt(i + 1);
        const std::uint32_t c = valueAt(i + 2);
        const std::uint32_t d = valueAt(i + 3);
        seen |= a | b | c | d;
        const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
        *out++ = static_cast<char>(group >> 16);
        *out++ = static_cast<char>(group >> 8);
        *out++ = static_cast<char>(group);
    }
    const std::size_t rest = text.size() - i;
    if (rest == 1) return std::nullopt;
    if (rest >= 2) {
        const std::uint32_t a = valueAt(i);
        const std::uint32_t b = valueAt(i + 1);
        const std::uint32_t c = rest == 3 ? valueAt(i + 2) : 0;
        seen |= a | b | c;
        const std::uint32_t group = a << 18 | b << 12 | c << 6;
        const std::uint32_t unused = rest == 2 ? 0xFFFF : 0xFF;
        if ((group & unused) != 0) return std::nullopt;
        *out++ = static_cast<char>(group >> 16);
        if (rest == 3) *out++ = static_cast<char>(group >> 8);
    }
    if (seen > 63) return std::nullopt;
    return static_cast<std::size_t>(out - begin);
}

} // namespace auth
