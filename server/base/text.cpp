// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <algorithm>

namespace mortise::base {

namespace {

constexpr std::string_view blanks = " \t\r\n";

// Length of the well-formed sequence at `at` (RFC 3629, table of section 4), 0 for none.
std::size_t utf8SequenceLength(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t offset) {
        return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
    };
    const auto within = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
    const auto isTail = [&](unsigned value) { return within(value, 0x80, 0xBF); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (within(first, 0xC2, 0xDF)) return isTail(byte(1)) ? 2 : 0;
    if (within(first, 0xE0, 0xEF)) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return within(byte(1), low, high) && isTail(byte(2)) ? 3 : 0;
    }
    if (within(first, 0xF0, 0xF4)) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return within(byte(1), low, high) && isTail(byte(2)) && isTail(byte(3)) ? 4 : 0;
    }
    return 0;
}

} // namespace

std::string_view trim(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lowerAscii(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string upperAscii(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

std::vector<std::string> splitList(std::string_view text) {
    std::vector<std::string> items;
    if (trim(text).empty()) return items;
    for (;;) {
        const std::size_t comma = text.find(',');
        items.emplace_back(trim(text.substr(0, comma)));
        if (comma == std::string_view::npos) return items;
        text.remove_prefix(comma + 1);
    }
}

std::size_t findInvalidUtf8(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = utf8SequenceLength(text, at);
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

std::string printable(std::string_view text, std::size_t limit) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = utf8SequenceLength(text, at);
        const auto byte = static_cast<unsigned char>(text[at]);
        std::string piece;
        if (length == 0 || byte < 0x20 || byte == 0x7F) {
            piece = {'\\', 'x', hex[byte >> 4U], hex[byte & 0xFU]};
        } else {
            piece = text.substr(at, length);
        }
        if (out.size() + piece.size() > limit) return out + "...";
        out += piece;
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

} // namespace mortise::base
