// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/value.hpp"

#include <cstdint>

namespace mortise::json {

// As JSON Schema defines it: numbers by value (1 equals 1.0), objects without regard to order.
bool areEqual(Value left, Value right);

// Whether no two elements of `array` are equal. Time is n log n in the size of the array, whoever chose the elements,
// as long as they did not know `seed`.
bool areAllDifferent(Value array, std::uint64_t seed);

} // namespace mortise::json
