// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

namespace mortise::graphql {

// KnownTypeNames (October 2021, 5.5.1.2, 5.8.2). A type that the document itself defines counts as known.
void checkKnownType(RuleContext& context, NodeId namedType);
// FragmentsOnCompositeTypes (5.5.1.3), of an inline fragment or a fragment's definition.
void checkFragmentType(RuleContext& context, NodeId fragment);
// VariablesAreInputTypes (5.8.2).
void checkVariableType(RuleContext& context, NodeId definition);
// KnownFragmentNames (5.5.2.1).
void checkKnownFragment(RuleContext& context, NodeId spread);
// PossibleFragmentSpreads (5.5.2.3), of an inline fragment or a spread.
void checkPossibleInline(RuleContext& context, NodeId fragment);
void checkPossibleSpread(RuleContext& context, NodeId spread);

} // namespace mortise::graphql
