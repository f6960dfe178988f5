// SPDX-License-Identifier: Apache-2.0
#include "language/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace mortise::graphql {

namespace {

constexpr unsigned char byteOf(char c) {
    return static_cast<unsigned char>(c);
}

constexpr bool isContinuation(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

} // namespace

std::size_t characterLength(std::string_view text, std::size_t& illFormed) {
    const unsigned char lead = byteOf(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    illFormed = 1;
    for (std::size_t i = 1; i < length; ++i, low = 0x80, high = 0xBF) {
        if (i == text.size() || byteOf(text[i]) < low || byteOf(text[i]) > high) return 0;
        ++illFormed;
    }
    return length;
}

std::size_t findInvalidUtf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t word = 0;
        if (at + sizeof word <= text.size()) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if ((word & 0x8080808080808080U) == 0) {
                at += sizeof word;
                continue;
            }
        }
        std::size_t illFormed = 0;
        const std::size_t length = characterLength(text.substr(at), illFormed);
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

char32_t codePointAt(std::string_view text, std::size_t offset) {
    const auto tail = [&](std::size_t i) { return char32_t{byteOf(text[offset + i])} & 0x3F; };
    const char32_t lead = byteOf(text[offset]);
    if (lead < 0x80) return lead;
    if (lead < 0xE0) return (lead & 0x1F) << 6 | tail(1);
    if (lead < 0xF0) return (lead & 0x0F) << 12 | tail(1) << 6 | tail(2);
    return (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
}

void appendUtf8(std::string& out, char32_t point) {
    const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | point >> 6);
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3F));
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

std::size_t countUtf16(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) units += (isContinuation(byteOf(c)) ? 0U : 1U) + (byteOf(c) >= 0xF0 ? 1U : 0U);
    return units;
}

std::string sliceUtf16(std::string_view text, std::size_t offset, std::size_t units) {
    std::string out;
    while (units > 0 && offset < text.size()) {
        std::size_t illFormed = 0;
        const std::size_t length = characterLength(text.substr(offset), illFormed);
        const std::size_t taken = length == 4 ? 2 : 1;
        if (taken > units) {
            appendUtf8(out, 0xFFFD);
            break;
        }
        out += text.substr(offset, length);
        offset += length;
        units -= taken;
    }
    return out;
}

std::string_view cutUtf8(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && isContinuation(byteOf(text[bytes]))) --bytes;
    return text.substr(0, bytes);
}

} // namespace mortise::graphql
