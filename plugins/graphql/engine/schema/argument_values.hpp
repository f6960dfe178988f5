// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"
#include "schema/schema.hpp"

#include <span>

namespace mortise::graphql {

// Appends the values of a field's or directive's arguments to `out`, as one object with a member for each argument that
// has a value, in the order of `arguments` (those of the Field or Directive). `node` is the field or directive;
// `variables` the object coerceVariables made, null when there are none. On false `error` says why (graphql-js:
// getArgumentValues) and `out` is as it was. Texts of the document, the schema and the variables are borrowed: where no
// variable occurs the result is good as long as the document and the schema are. Whoever calls looks at
// out.isExceeded().
bool coerceArguments(const Schema& schema, const Document& document, std::span<const InputValue> arguments, NodeId node,
                     const Values* variables, Values& out, Error& error);

// Whether an argument of the field or directive has a variable in it.
bool usesVariables(const Document& document, NodeId node);

} // namespace mortise::graphql
