// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contribution.hpp"

#include "schema/schema_definition.hpp"

#include <mortise/json.hpp>

#include <vector>

namespace mortise::graphql {

// Bounds the size that an argument gives a list in the cost of an operation by the maximum that the contributed checks
// have of it: what is above that is refused with its detail, and not for its cost.
void boundListSizes(SchemaDefinition& definition, const std::vector<Contribution>& contributions, const Json& json);

} // namespace mortise::graphql
