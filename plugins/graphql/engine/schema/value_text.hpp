// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/schema.hpp"

#include <cstdint>
#include <string>

namespace mortise::graphql {

// Appends null, a boolean or a number as literals, JSON and JavaScript write them alike; false for any other kind.
bool appendPlain(const Value& value, std::string& out);

// A coerced value as a literal, as graphql-js prints it (astFromValue): an input object's members in the order of its
// type, an ID that reads like an integer as one. Recursive by the value's depth, which the nesting of the literal or of
// the variables bounds.
std::string valueText(const Schema& schema, const Values& values, std::uint32_t index, TypeRef type);

} // namespace mortise::graphql
