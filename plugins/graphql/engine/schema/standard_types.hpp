// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/schema.hpp"
#include "schema/schema_definition.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// What each schema has beside its own types: the specified scalars and the introspection types (October 2021, 3.5 and
// 4.2; oneOf and deprecated arguments and input fields as graphql-js 16 has them).
std::vector<TypeDefinition> standardTypes();
bool isStandardType(std::string_view name);
// `custom` when it is none of the five.
ScalarKind specifiedScalar(std::string_view name);

// include, skip, deprecated, specifiedBy and oneOf.
std::vector<DirectiveDefinition> standardDirectives();
bool isSpecifiedDirective(std::string_view name);

// __typename, __schema and __type.
std::vector<FieldDefinition> metaFields();

// What the root types are usually named, by OperationKind.
inline constexpr std::array<std::string_view, 3> commonRootNames{"Query", "Mutation", "Subscription"};

// The reason of @deprecated without one.
inline constexpr std::string_view noReason = "No longer supported";

} // namespace mortise::graphql
