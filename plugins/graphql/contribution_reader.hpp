// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contribution.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Reads what a plugin hands over and copies it. `table` is in this build's shape. What cannot be used (counts without
// an array, sizes past a bound, no UTF-8, no function) adds to `faults`, each a text for the operator that does not
// name the plugin; the contribution is then not to be used.
Contribution readContribution(std::string_view plugin, std::string_view name, const mortise_graphql_types& table,
                              std::vector<std::string>& faults);

} // namespace mortise::graphql
