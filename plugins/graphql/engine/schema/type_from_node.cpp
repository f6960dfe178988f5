// SPDX-License-Identifier: Apache-2.0
#include "schema/type_from_node.hpp"

namespace mortise::graphql {

std::optional<TypeRef> typeFromNode(const Schema& schema, const Document& document, NodeId node) {
    TypeRef type;
    // The child of a list or a non-null type is the node after it.
    for (;; ++node) {
        const NodeKind kind = document.kind(node);
        if (kind == NodeKind::nonNullType) {
            type.nonNull = static_cast<std::uint16_t>(type.nonNull | (1U << type.lists));
        } else if (kind == NodeKind::listType) {
            if (++type.lists > TypeRef::maximumLists) return std::nullopt;
        } else {
            break;
        }
    }
    type.named = schema.type(document.name(node));
    return type.named == noType ? std::nullopt : std::optional(type);
}

} // namespace mortise::graphql
