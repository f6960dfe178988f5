// SPDX-License-Identifier: Apache-2.0
#include "language/document.hpp"

#include "language/string_literal.hpp"

namespace mortise::graphql {

std::string Document::stringValue(NodeId id) const {
    const Node& node = nodes_[id];
    return (node.flags & Node::blockString) != 0 ? dedentBlockString(text(node.value))
                                                 : resolveEscapes(text(node.value));
}

NodeId Document::child(NodeId id, NodeKind kind) const {
    for (const NodeId below : children(id))
        if (nodes_[below].kind == kind) return below;
    return noNode;
}

// It stands behind the type, which a description may stand before.
NodeId Document::defaultValue(NodeId definition) const {
    const NodeId first = definition + 1;
    const NodeId type = nodes_[first].kind == NodeKind::stringValue ? nodes_[first].end : first;
    const NodeId next = nodes_[type].end;
    return next < nodes_[definition].end && nodes_[next].kind != NodeKind::directive ? next : noNode;
}

} // namespace mortise::graphql
