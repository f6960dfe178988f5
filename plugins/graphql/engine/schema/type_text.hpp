// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/type_ref.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::graphql {

// A type as SDL writes it, taken apart: `[User!]!` is {User, 1, 0b11}. `lists` and `nonNull` as of TypeRef.
struct TypeText {
    std::string_view name; // of the text
    std::uint16_t lists = 0;
    std::uint16_t nonNull = 0;
};

// Nothing when the text is no type or has more than TypeRef::maximumLists lists.
std::optional<TypeText> readTypeText(std::string_view text);

// Whether a text is a Name of the grammar.
bool isName(std::string_view text);

} // namespace mortise::graphql
