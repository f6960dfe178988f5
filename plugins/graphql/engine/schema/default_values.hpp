// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema.hpp"

#include <string>
#include <vector>

namespace mortise::graphql {

// An argument or input field with a default: where its value goes, and what it is called in messages.
struct DefaultSlot {
    InputValue* target = nullptr; // of the schema
    const InputValueDefinition* definition = nullptr;
    std::string coordinate;
};

// Coerces all defaults of a joined schema. A default that leaves out an input field takes in that field's own default,
// which is therefore coerced before it. Reported: what is no constant, does not fit its type, or is made of itself.
// (graphql-js 16 drops a default that does not fit.)
void coerceDefaults(const Schema& schema, std::vector<DefaultSlot> slots, std::vector<Error>& errors);

} // namespace mortise::graphql
