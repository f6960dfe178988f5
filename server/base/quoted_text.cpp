// SPDX-License-Identifier: Apache-2.0
#include "base/quoted_text.hpp"

#include <algorithm>

namespace mortise::base {

using std::string_view;

bool isOneOf(string_view set, char c) noexcept {
    return set.find(c) != set.npos;
}

bool isAlphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool equalsIgnoringCase(string_view a, string_view lower) noexcept {
    return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                      [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x | 0x20) : x) == y; });
}

std::size_t skipBlanks(string_view text, std::size_t at) noexcept {
    return std::min(text.find_first_not_of(" \t", at), text.size());
}
std::size_t lineEnd(string_view text, std::size_t at) noexcept {
    return std::min(text.find_first_of("\r\n", at), text.size());
}
bool isLineEnd(string_view text, std::size_t at) noexcept {
    return at >= text.size() || isOneOf("\r\n", text[at]);
}
std::size_t wordEnd(string_view text, std::size_t at) noexcept {
    return std::min(text.find_first_of(" \t\r\n", at), text.size());
}

bool isQuoteAt(string_view text, std::size_t at) noexcept {
    if (at < text.size() && text[at] == '\\') ++at;
    return at < text.size() && isOneOf("\"'<", text[at]);
}

std::size_t quotedEnd(string_view text, std::size_t begin) noexcept {
    if (!isQuoteAt(text, begin)) return text.npos;
    const bool isEscaped = text[begin] == '\\'; // JSON in JSON
    const std::size_t open = begin + (isEscaped ? 1 : 0);
    const char close = text[open] == '<' ? '>' : text[open];
    for (std::size_t at = open + 1; at < text.size(); ++at) {
        if (text[at] == close) return at + 1;
        if (text[at] == '\\' && !isEscaped) ++at;
    }
    return text.size();
}

} // namespace mortise::base
