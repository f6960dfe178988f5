// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace mortise::compression {

// Of the grammar of fields: names compare without case, blanks around members do not count.

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

inline bool equals(std::string_view text, std::string_view lowered) noexcept {
    return std::equal(text.begin(), text.end(), lowered.begin(), lowered.end(),
                      [](char a, char b) { return lower(a) == b; });
}

inline std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Takes the first member off a comma list without quoted texts.
inline std::string_view takeMember(std::string_view& list) noexcept {
    const std::string_view member = list.substr(0, list.find(','));
    list.remove_prefix(std::min(member.size() + 1, list.size()));
    return trim(member);
}

} // namespace mortise::compression
