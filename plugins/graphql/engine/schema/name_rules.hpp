// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema_definition.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mortise::graphql {

// A type that is named outside of types and directives: a root.
struct TypeReference {
    std::string name;
    std::uint32_t offset = noOffset;
};

// What must hold before the parts of a definition can be joined by their names: each name and type is well formed,
// types, directives, fields, values and arguments are unique among their like, and each named type exists (graphql-js:
// UniqueTypeNames, UniqueDirectiveNames, UniqueFieldDefinitionNames, UniqueEnumValueNames,
// UniqueArgumentDefinitionNames, KnownTypeNames). `extensions` are parts of types that could not be joined to one; they
// are checked as well and define nothing. Faults are appended.
void checkNames(const SchemaDefinition& definition, std::span<const TypeReference> roots,
                std::span<const TypeDefinition> extensions, std::vector<Error>& errors);

// An error at a place; nowhere for noOffset.
Error schemaError(std::string message, std::uint32_t offset = noOffset);

} // namespace mortise::graphql
