// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::graphql {

// An index into Schema::types.
using TypeId = std::uint32_t;
inline constexpr TypeId noType = 0xFFFFFFFF;

// A named type inside of its lists and non-null marks: `[User!]!` is {User, lists 1, nonNull 0b11}. Bit 0 of `nonNull`
// belongs to the outermost level, bit `lists` to the named type.
struct TypeRef {
    static constexpr unsigned maximumLists =
        15; // deeper types are refused when a schema is built or a document is parsed

    TypeId named = noType;
    std::uint16_t lists = 0;
    std::uint16_t nonNull = 0;

    bool isNonNull() const { return (nonNull & 1) != 0; }
    bool isList() const { return lists != 0; }
    // Without the outermost non-null mark.
    TypeRef nullable() const { return {named, lists, static_cast<std::uint16_t>(nonNull & ~1U)}; }
    // What the outermost list holds. Only of a list.
    TypeRef item() const {
        return {named, static_cast<std::uint16_t>(lists - 1U), static_cast<std::uint16_t>(nonNull >> 1U)};
    }

    bool operator==(const TypeRef& other) const {
        return named == other.named && lists == other.lists && nonNull == other.nonNull;
    }
};

} // namespace mortise::graphql
