// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema.hpp"

#include <span>
#include <vector>

namespace mortise::graphql {

// The rules that a joined schema keeps (graphql-js: validateSchema; October 2021, section 3): root types, names, kinds
// of types where they stand, interfaces implemented in full, unions, enumerations, input objects without endless
// values, oneOf, and what this engine adds: a field's size argument. `types` by TypeId and `directives` by index are
// what the schema was joined from; errors stand at their offsets. Faults are appended.
void checkTypes(const Schema& schema, std::span<const TypeDefinition* const> types,
                std::span<const DirectiveDefinition* const> directives, std::vector<Error>& errors);

} // namespace mortise::graphql
