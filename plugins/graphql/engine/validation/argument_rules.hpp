// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

namespace mortise::graphql {

// KnownArgumentNames (October 2021, 5.4.1), of a field's argument and of all arguments of a directive.
void checkKnownArgument(RuleContext& context, NodeId argument);
void checkKnownDirectiveArguments(RuleContext& context, NodeId directive);
// UniqueArgumentNames (5.4.2), of a field or a directive.
void checkUniqueArguments(RuleContext& context, NodeId holder);
// ProvidedRequiredArguments (5.4.2.1), of a field or a directive. isComplete says whether there is nothing to report.
bool isComplete(const RuleContext& context, NodeId holder);
void checkRequiredArguments(RuleContext& context, NodeId holder);

} // namespace mortise::graphql
