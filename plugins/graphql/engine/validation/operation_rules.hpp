// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

#include <vector>

namespace mortise::graphql {

// What holds among the definitions of a document, and of each of them (October 2021, 5.1, 5.2, 5.5.1.1, 5.5.1.4).
class OperationRules {
public:
    explicit OperationRules(RuleContext& context) : context_(context) {}

    // ExecutableDefinitions, once before all others.
    void checkDefinitions();
    // UniqueOperationNames, LoneAnonymousOperation, SingleFieldSubscriptions.
    void enterOperation(NodeId operation);
    // UniqueFragmentNames.
    void enterFragment(NodeId fragment);
    // NoUnusedFragments, once after all others.
    void leaveDocument();

private:
    void checkSubscription(NodeId operation);
    bool isLeftOut(NodeId selection) const;
    bool isOfType(TypeId condition, TypeId type) const;

    RuleContext& context_;
    NameSet operationNames_;
    std::vector<std::uint32_t> operationOffsets_;
    NameSet fragmentNames_;
    std::vector<std::uint32_t> fragmentOffsets_;
    std::size_t operations_ = 0;
};

} // namespace mortise::graphql
