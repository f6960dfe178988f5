// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/field_rules.hpp"
#include "validation/fragment_cycles.hpp"
#include "validation/operation_rules.hpp"
#include "validation/overlapping_fields.hpp"
#include "validation/rule_context.hpp"
#include "validation/variable_rules.hpp"

#include <vector>

namespace mortise::graphql {

// The one walk over a document: at each node every rule that has a say there, in graphql-js's order of rules.
class ValidationWalk {
public:
    explicit ValidationWalk(RuleContext& context);

    void run();

private:
    void enter(NodeId node);
    void enterOperation(NodeId operation);
    void enterFragment(NodeId fragment);
    void enterField(NodeId field);
    void enterDirective(NodeId directive);
    void enterValue(NodeId value);
    // Which rules ask again when all below the node has been seen.
    void leave(NodeId node);

    RuleContext& context_;
    OperationRules operations_;
    FragmentCycles cycles_;
    VariableRules variables_;
    OverlappingFields overlapping_;
    IntrospectionDepth introspection_;
    std::vector<NodeId> open_;     // those that are left with a check
    NodeId valuesFrom_ = 0;        // values before are not checked
    NodeId introspectionFrom_ = 0; // fields before are within a refused one
};

} // namespace mortise::graphql
