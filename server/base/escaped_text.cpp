// SPDX-License-Identifier: Apache-2.0
#include "base/escaped_text.hpp"

namespace mortise::base {
namespace {

int hexDigit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

Character characterAt(std::string_view text, std::size_t at) noexcept {
    if (text[at] != '%') return {text[at], 1};
    std::size_t digits = at + 1;
    while (text.substr(digits, 2) == "25") digits += 2;
    if (digits + 2 > text.size()) return {'%', 1};
    const int high = hexDigit(text[digits]);
    const int low = hexDigit(text[digits + 1]);
    if (high < 0 || low < 0) return {'%', 1};
    return {static_cast<char>(high * 16 + low), digits + 2 - at};
}

std::size_t findCharacter(std::string_view text, char wanted, std::size_t begin, std::size_t end, bool last) noexcept {
    std::size_t found = text.npos;
    for (std::size_t at = begin; at < end; at += characterAt(text, at).size) {
        if (characterAt(text, at).c != wanted) continue;
        found = at;
        if (!last) break;
    }
    return found;
}

} // namespace mortise::base
