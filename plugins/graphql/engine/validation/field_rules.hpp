// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

#include <vector>

namespace mortise::graphql {

// ScalarLeafs (October 2021, 5.3.3); `selectionSet` is the field's, or noNode.
void checkLeaf(RuleContext& context, NodeId field, NodeId selectionSet);
// FieldsOnCorrectType (5.3.1).
void checkFieldIsDefined(RuleContext& context, NodeId field);
// With introspection switched off: fields whose types describe the schema.
void checkNoIntrospection(RuleContext& context, NodeId field);

// MaxIntrospectionDepth: no list of the schema's description within two others, with fragments followed. A fragment is
// walked again only when it is entered deeper than before, so at most four times.
class IntrospectionDepth {
public:
    explicit IntrospectionDepth(RuleContext& context) : context_(context) {}

    // False when the field is refused: what is below it is not asked again.
    bool check(NodeId field);

private:
    bool isTooDeep(NodeId field);

    RuleContext& context_;
    std::vector<std::uint8_t> entered_; // by definition: one more than the lists around it when it was walked
};

} // namespace mortise::graphql
