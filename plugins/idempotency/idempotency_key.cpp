// SPDX-License-Identifier: Apache-2.0
#include "idempotency_key.hpp"

#include <algorithm>

namespace mortise::idempotency {
namespace {

std::optional<std::string> unquoted(std::string_view text) {
    if (text.size() < 2 || text.back() != '"') return std::nullopt;
    text = text.substr(1, text.size() - 2);
    std::string key;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c < 0x20 || c > 0x7e || c == '"') return std::nullopt;
        if (c == '\\' && (++i == text.size() || (text[i] != '\\' && text[i] != '"'))) return std::nullopt;
        key.push_back(text[i]);
    }
    return key;
}

} // namespace

std::optional<std::string> parseKey(std::string_view field) {
    constexpr std::string_view blanks = " \t";
    const std::size_t begin = std::min(field.find_first_not_of(blanks), field.size());
    field = field.substr(begin, field.find_last_not_of(blanks) + 1 - begin);
    std::optional<std::string> key;
    if (!field.empty() && field.front() == '"')
        key = unquoted(field);
    else if (std::all_of(field.begin(), field.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; }))
        key = std::string(field);
    if (key && (key->empty() || key->size() > longestKey)) key.reset();
    return key;
}

} // namespace mortise::idempotency
