// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "allowed_operations.hpp"

#include "execution/engine.hpp"

#include <string>

namespace mortise::graphql {

// Those of the operations that are not valid for the engine's schema and limits, with their names and the first reason
// of each, for the operator; empty: all are. A costly one may be bound only once its variables are known.
std::string faultsIn(const AllowedOperations& operations, const Engine& engine);

} // namespace mortise::graphql
