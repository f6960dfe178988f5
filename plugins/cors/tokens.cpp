// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include <algorithm>
#include <cstddef>

namespace mortise::cors {
namespace {

bool isTokenCharacter(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

} // namespace

bool isToken(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

bool isTokenList(std::string_view text) noexcept {
    for (;;) {
        const std::size_t end = std::min(text.find(','), text.size());
        std::string_view token = text.substr(0, end);
        while (!token.empty() && (token.front() == ' ' || token.front() == '\t')) token.remove_prefix(1);
        while (!token.empty() && (token.back() == ' ' || token.back() == '\t')) token.remove_suffix(1);
        if (!isToken(token)) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

std::string joined(const std::vector<std::string>& tokens) {
    std::string out;
    for (const std::string& token : tokens) out.append(out.empty() ? "" : ",").append(token);
    return out;
}

} // namespace mortise::cors
