// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// A definition read from SDL. With errors it is not to be used. They carry offsets of the SDL.
struct SdlResult {
    SchemaDefinition definition;
    std::vector<Error> errors;
};

// Reads type system definitions and joins extensions to them; roots are named by a schema definition, or are the types
// Query, Mutation and Subscription. All rules of graphql-js's SDL validation hold, with its messages. Applications of
// directives other than deprecated, specifiedBy and oneOf are checked and dropped. SDL is written by whoever runs the
// server: at most 16 MiB, a million tokens.
SdlResult definitionFromSdl(std::string_view sdl);

// Both steps at once; errors of buildSchema have offsets of the SDL too.
SchemaResult schemaFromSdl(std::string_view sdl, std::span<const NamedScalar> scalars = {});

} // namespace mortise::graphql
