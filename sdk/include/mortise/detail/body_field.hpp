// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// The field of a body that a rule of a table is about, by the name of the rule: "table.column", or a constraint whose
// name has the column in it. Empty: none. Columns are the fields' names in snake_case.
using BodyField = std::string_view (*)(std::string_view rule);

// Whether `rule` is about the column of that field: "posts.created_at" and "posts_created_at_range" are of createdAt.
inline bool isRuleOf(std::string_view rule, std::string_view field) {
    std::string column;
    for (const char c : field) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper && !column.empty()) column.push_back('_');
        column.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
    }
    if (const std::size_t dot = rule.rfind('.'); dot != std::string_view::npos) return rule.substr(dot + 1) == column;
    const auto isEdge = [&](std::size_t place) { return place >= rule.size() || rule[place] == '_'; };
    for (std::size_t at = rule.find(column); at != std::string_view::npos; at = rule.find(column, at + 1))
        if ((at == 0 || isEdge(at - 1)) && isEdge(at + column.size())) return true;
    return false;
}

template<class Body, std::size_t... I>
std::string_view bodyFieldOf(std::string_view rule, std::index_sequence<I...>) {
    std::string_view longest; // "name" and "last_name" are both in "users_last_name"
    for (const std::string_view name : {std::string_view(MemberNames::of<Body, I>())...})
        if (name.size() > longest.size() && isRuleOf(rule, name)) longest = name;
    return longest;
}
template<class Body>
std::string_view bodyFieldOf(std::string_view rule) {
    return bodyFieldOf<Body>(rule, std::make_index_sequence<fieldCount<Body>>{});
}

// Null: the body is no struct.
template<class Body>
constexpr BodyField bodyField() noexcept {
    if constexpr (IsDescribed<Body>::value) {
        if constexpr (fieldCount<Body> != 0) return &bodyFieldOf<Body>;
    }
    return nullptr;
}

} // namespace detail
} // namespace v1
} // namespace mortise
