// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

namespace mortise::graphql {

// ValuesOfCorrectType (October 2021, 5.6.1, 5.6.2, 5.6.4, and oneOf), of a value or a member of an object. False: what
// is below the node is not checked by it.
bool checkValue(RuleContext& context, NodeId value);
// UniqueInputFieldNames (5.6.3), of a member of an object.
void checkUniqueMember(RuleContext& context, NodeId member);

} // namespace mortise::graphql
