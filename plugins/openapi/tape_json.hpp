// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_tree.hpp"

#include <mortise/abi/json_node.h>

namespace mortise::openapi {

// A document that the host parsed, as a tree of our own.
Json jsonOf(const mortise_json_tape& tape);

} // namespace mortise::openapi
