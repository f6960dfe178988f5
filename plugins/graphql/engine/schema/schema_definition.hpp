// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/node.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::graphql {

// Where a part of a definition stands in the SDL it was read from; noOffset when it was not.
inline constexpr std::uint32_t noOffset = 0xFFFFFFFF;

enum class TypeKind : std::uint8_t { scalar, object, interface, unionType, enumeration, input };

// What a schema is made of, by names: whoever contributes types writes it, buildSchema checks and joins it. Types are
// written as in SDL (`[User!]!`), defaults as literals (`10`, `{by: NAME}`).
struct InputValueDefinition {
    std::string name;
    std::string type;
    std::optional<std::string> description;
    std::optional<std::string> defaultValue;
    std::optional<std::string> deprecated; // the reason
    std::uint32_t offset = noOffset;
};

struct FieldDefinition {
    std::string name;
    std::string type;
    std::optional<std::string> description;
    std::vector<InputValueDefinition> arguments;
    std::optional<std::string> deprecated;
    // What cost() counts for the field itself, and the argument by whose value what a list holds is multiplied.
    std::uint32_t cost = 1;
    std::string sizeArgument;               // empty: none
    std::uint32_t maximumSize = 0xFFFFFFFF; // of that argument: a higher value is refused when it is executed
    std::uint32_t assumedSize = 10;         // of a list without that argument
    std::uint32_t offset = noOffset;
};

struct EnumValueDefinition {
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> deprecated;
    std::uint32_t offset = noOffset;
};

struct TypeDefinition {
    TypeKind kind = TypeKind::object;
    std::string name;
    std::optional<std::string> description;
    std::vector<std::string> interfaces;      // of objects and interfaces
    std::vector<FieldDefinition> fields;      // of objects and interfaces
    std::vector<std::string> members;         // of unions
    std::vector<EnumValueDefinition> values;  // of enumerations
    std::vector<InputValueDefinition> inputs; // of inputs
    bool oneOf = false;                       // of inputs
    std::optional<std::string> specifiedBy;   // of scalars
    std::uint32_t offset = noOffset;
};

struct DirectiveDefinition {
    std::string name;
    std::optional<std::string> description;
    std::vector<InputValueDefinition> arguments;
    bool repeatable = false;
    std::vector<std::string> locations; // as in SDL: FIELD, QUERY, …
    std::uint32_t offset = noOffset;
};

struct SchemaDefinition {
    std::optional<std::string> description;
    std::string query = "Query"; // empty: none, which is refused
    std::string mutation;        // empty: none; when empty and a type Mutation exists it is not a root
    std::string subscription;    // empty: none
    std::vector<TypeDefinition> types;
    std::vector<DirectiveDefinition> directives; // beside the specified ones
};

} // namespace mortise::graphql
