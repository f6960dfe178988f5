// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "schema/value.hpp"

#include <string_view>

namespace mortise::graphql {

// Appends a literal by its own kind, without a type (graphql-js's valueFromASTUntyped): an enumeration value is a
// string. A variable that has no value is null in a list and left out of an object. Recursive by the document's
// nesting.
void appendLiteral(const Document& document, NodeId literal, const Values* variables, Values& out,
                   std::string_view name);

// What a number literal means; infinite when it is out of range.
double literalNumber(std::string_view text);

// What a string literal means: borrowed of the document where it stands there as it is, else kept by `out`.
std::string_view literalString(const Document& document, NodeId literal, Values& out);

// The value a variable has; null when it has none.
const Value* variableValue(const Values* variables, std::string_view name);

} // namespace mortise::graphql
