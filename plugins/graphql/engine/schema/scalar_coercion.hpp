// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "schema/schema.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::graphql {

// One value of a scalar or an enumeration is taken in: appended to `out` with the name `name`, as
//   Int: integer; Float: number; String and ID: string; Boolean: boolean; an enumeration: enumeration (its index in
//   `integer`, the schema's text); a custom scalar: what its ScalarInput makes of it, or the value as it is.
// False when it does not fit; `message` is then graphql-js's, or empty where the caller's own stands (`Expected type
// "X".`, `Expected value of type "X", found …`). `suggestions`: whether the message may name values of an enumeration.

// Of a variable: `in[index]` is not null. Texts of `in` are borrowed.
bool coerceLeaf(const Type& type, const Values& in, std::uint32_t index, bool suggestions, Values& out,
                std::string_view name, std::string& message);

// Of a literal that is neither null nor a variable; variables within a custom scalar's literal are taken from
// `variables` (an object; null: there are none). Texts of the document and of the variables are borrowed.
bool coerceLeafLiteral(const Type& type, const Document& document, NodeId literal, const Values* variables,
                       bool suggestions, Values& out, std::string_view name, std::string& message);

// The same without a result: whether the literal fits. Allocates nothing where it does and the scalar is no custom one.
bool leafLiteralFits(const Type& type, const Document& document, NodeId literal, bool suggestions,
                     std::string& message);

} // namespace mortise::graphql
