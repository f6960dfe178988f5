// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_tree.hpp"

namespace mortise::openapi {

// The value as a YAML 1.2 document in block style. Text that a reader of 1.1 or 1.2 could take for anything else is
// quoted.
std::string toYaml(const Json& value);

} // namespace mortise::openapi
