// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/schema.hpp"

#include <string>

namespace mortise::graphql {

// A schema as SDL, byte for byte as graphql-js 16's printSchema: the schema definition where the roots have other names
// than usual or it has a description, then directives and types in the order of the schema, without what each schema
// has. No line break at the end.
std::string printSchema(const Schema& schema);

} // namespace mortise::graphql
