// SPDX-License-Identifier: Apache-2.0
#include "utf8_text.hpp"

namespace users {
namespace {

bool isTrailing(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

/// Bytes of the character that `text` begins with; 0: it begins with none.
std::size_t characterSize(std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if (!isTrailing(text[i])) return 0;
    // Longer than needed, a half of a pair of UTF-16, beyond U+10FFFF.
    const auto second = static_cast<unsigned char>(text[1]);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
        (first == 0xF4 && second > 0x8F))
        return 0;
    return size;
}

} // namespace

std::string repairedUtf8(std::string_view text) {
    std::string repaired;
    repaired.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = characterSize(text);
        repaired.append(size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size));
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return repaired;
}

std::string_view cutUtf8(std::string_view text, std::size_t size) noexcept {
    if (text.size() <= size) return text;
    while (size != 0 && isTrailing(text[size])) --size;
    return text.substr(0, size);
}

} // namespace users
