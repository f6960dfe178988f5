// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "schema/schema.hpp"

#include <optional>

namespace mortise::graphql {

// The type that a type reference of a document names; nothing when the schema has none of that name or it has more than
// TypeRef::maximumLists lists.
std::optional<TypeRef> typeFromNode(const Schema& schema, const Document& document, NodeId node);

} // namespace mortise::graphql
