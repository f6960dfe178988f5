// SPDX-License-Identifier: Apache-2.0
#include "json/utf8.hpp"

#include <simdjson.h>

#include <cstring>

namespace mortise::json {

bool isUtf8(std::string_view text) noexcept {
    return simdjson::validate_utf8(text.data(), text.size());
}

Utf8Step utf8Step(std::string_view text) noexcept {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {1, true};
    if (lead < 0xc2 || lead > 0xf4) return {1, false};
    const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned low = 0x80;
    unsigned high = 0xbf;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    for (std::size_t index = 1; index < length; ++index) {
        if (index >= text.size() || byte(index) < low || byte(index) > high) return {index, false};
        low = 0x80;
        high = 0xbf;
    }
    return {length, true};
}

std::size_t validUtf8Prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        const Utf8Step step = utf8Step(text.substr(at));
        if (!step.valid) return at;
        at += step.length;
    }
    return at;
}

std::size_t countCodePoints(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
    return count;
}

std::string_view cutUtf8(std::string_view text, std::size_t bytes) noexcept {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

char* encodeUtf8(std::uint32_t codePoint, char* out) noexcept {
    if (codePoint < 0x80) {
        *out++ = static_cast<char>(codePoint);
    } else if (codePoint < 0x800) {
        *out++ = static_cast<char>(0xc0 | (codePoint >> 6));
        *out++ = static_cast<char>(0x80 | (codePoint & 0x3f));
    } else if (codePoint < 0x10000) {
        *out++ = static_cast<char>(0xe0 | (codePoint >> 12));
        *out++ = static_cast<char>(0x80 | ((codePoint >> 6) & 0x3f));
        *out++ = static_cast<char>(0x80 | (codePoint & 0x3f));
    } else {
        *out++ = static_cast<char>(0xf0 | (codePoint >> 18));
        *out++ = static_cast<char>(0x80 | ((codePoint >> 12) & 0x3f));
        *out++ = static_cast<char>(0x80 | ((codePoint >> 6) & 0x3f));
        *out++ = static_cast<char>(0x80 | (codePoint & 0x3f));
    }
    return out;
}

} // namespace mortise::json
