// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

#include <utility>
#include <vector>

namespace mortise::graphql {

// The variables of an operation and where it uses them, fragments followed (October 2021, 5.8).
class VariableRules {
public:
    explicit VariableRules(RuleContext& context) : context_(context) {}

    // UniqueVariableNames.
    void enterOperation(NodeId operation);
    // NoUndefinedVariables, NoUnusedVariables, VariablesInAllowedPosition.
    void leaveOperation(NodeId operation);

private:
    void collectUsages(const Resolution::Definition& operation);
    void checkDefined(NodeId operation);
    void checkUsed(NodeId operation);
    void checkPositions();
    bool isAllowed(NodeId definition, TypeRef type, const Resolution::Usage& usage) const;
    template<typename Each>
    void forEachUsage(const Each& each) const;

    RuleContext& context_;
    std::uint32_t nextDefinition_ = 0;
    NameSet names_;                  // of the operation's variables
    std::vector<NodeId> definition_; // of each name the last
    std::vector<bool> isUsed_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_; // of Resolution::usages
    std::vector<std::uint32_t> seen_;                             // by fragment: the operation that saw it last
    std::vector<std::uint32_t> reached_;
};

} // namespace mortise::graphql
