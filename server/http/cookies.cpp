// SPDX-License-Identifier: Apache-2.0
#include "http/cookies.hpp"

#include <algorithm>

namespace mortise::http {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view unquoted(std::string_view value) noexcept {
    const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    return quoted ? value.substr(1, value.size() - 2) : value;
}

} // namespace

void readCookies(std::string_view field, std::vector<CookiePair>& pairs, std::size_t most) {
    while (!field.empty() && pairs.size() < most) {
        const std::size_t end = std::min(field.find(';'), field.size());
        const std::string_view pair = field.substr(0, end);
        field.remove_prefix(std::min(end + 1, field.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view name = trimmed(pair.substr(0, equals));
        const auto isSame = [name](const CookiePair& known) { return known.name == name; };
        if (name.empty() || std::any_of(pairs.begin(), pairs.end(), isSame)) continue;
        pairs.push_back({name, unquoted(trimmed(pair.substr(equals + 1)))});
    }
}

} // namespace mortise::http
