// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/field_resolver.hpp"
#include "schema/schema.hpp"

#include <memory>
#include <vector>

namespace mortise::graphql {

struct IntrospectionResolver {
    const Field* field = nullptr;
    std::unique_ptr<const FieldResolver> resolver;
};

// Resolvers of __schema, __type and of every field of the introspection types (October 2021, 4). They borrow the
// schema.
std::vector<IntrospectionResolver> introspectionResolvers(const Schema& schema);

} // namespace mortise::graphql
