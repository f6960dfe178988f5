// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/value.hpp"

#include <mortise/abi/json_node.h>

#include <cstdint>

namespace mortise::graphql {

// Appends what stands at node `at` of a tape, whose texts are borrowed. False: it has more than `maximum` values, and
// `values` is not to be used.
bool valuesOfTape(const mortise_json_tape& tape, const mortise_json_node& at, std::uint32_t maximum, Values& values);

} // namespace mortise::graphql
