// SPDX-License-Identifier: Apache-2.0
#include "schema/type_text.hpp"

#include "language/character_class.hpp"

#include <algorithm>
#include <cstddef>

namespace mortise::graphql {

bool isName(std::string_view text) {
    return !text.empty() && isNameStart(text[0]) && std::all_of(text.begin(), text.end(), isNameContinue);
}

std::optional<TypeText> readTypeText(std::string_view text) {
    std::size_t at = 0;
    const auto next = [&] {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == ',')) ++at;
        return at < text.size() ? text[at] : '\0';
    };
    TypeText type;
    for (; next() == '['; ++at)
        if (++type.lists > TypeRef::maximumLists) return std::nullopt;
    const std::size_t first = at;
    while (at < text.size() && isNameContinue(text[at])) ++at;
    type.name = text.substr(first, at - first);
    if (!isName(type.name)) return std::nullopt;
    for (unsigned level = type.lists;; --level) {
        if (next() == '!') {
            type.nonNull = static_cast<std::uint16_t>(type.nonNull | (1U << level));
            ++at;
        }
        if (level == 0) break;
        if (next() != ']') return std::nullopt;
        ++at;
    }
    next();
    return at == text.size() ? std::optional(type) : std::nullopt;
}

} // namespace mortise::graphql
