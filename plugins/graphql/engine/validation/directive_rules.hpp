// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

namespace mortise::graphql {

// KnownDirectives (October 2021, 5.7.1, 5.7.2).
void checkKnownDirective(RuleContext& context, NodeId directive);
// UniqueDirectivesPerLocation (5.7.3), of what the directives belong to.
void checkUniqueDirectives(RuleContext& context, NodeId holder);

} // namespace mortise::graphql
