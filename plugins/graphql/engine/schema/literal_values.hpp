// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "schema/schema.hpp"

#include <string_view>

namespace mortise::graphql {

// Appends what a literal means as a value of an input type, with the name `name`: lists made of single values, missing
// input fields by their defaults, variables by `variables` (the object coerceVariables made; null: there are none).
// False when it does not fit (graphql-js: valueFromAST); `out` is then as it was. Texts of the document, the schema and
// the variables are borrowed. Recursive by the document's nesting.
bool coerceLiteral(const Schema& schema, const Document& document, NodeId literal, TypeRef type,
                   const Values* variables, Values& out, std::string_view name);

} // namespace mortise::graphql
