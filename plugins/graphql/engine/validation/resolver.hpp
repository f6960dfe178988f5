// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/resolution.hpp"

#include <vector>

namespace mortise::graphql {

// Fills a Resolution, in one pass over the nodes. Definitions of the type system are left out.
class Resolver {
public:
    Resolver(const Schema& schema, const Document& document, Resolution& out);

    void run();

private:
    void nameFragments();
    void resolveNode(NodeId node);
    void resolveSelectionSet(NodeId node, NodeId owner);
    void resolveSelection(NodeId node, NodeId selectionSet);
    void resolveArgument(NodeId node, NodeId owner);
    void resolveMember(NodeId node, NodeId object);
    void resolveValue(NodeId node, NodeId holder);
    void nameMembers(NodeId object);
    void addUsage(NodeId node, NodeId holder);
    void collectSpreads(Resolution::Definition& definition);
    // A type condition's type, when it may be selected from or is a leaf.
    TypeRef conditionOf(NodeId fragment) const;

    const Schema& schema_;
    const Document& document_;
    Resolution& out_;
    std::vector<Resolved>& nodes_;
    std::vector<NodeId> open_; // from the definition down to the parent of the node
    std::vector<NodeId> pending_;
    NameSet names_;
    bool hasSpreads_ = false;
};

} // namespace mortise::graphql
