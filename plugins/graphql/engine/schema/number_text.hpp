// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace mortise::graphql {

using NumberBuffer = std::array<char, 40>;

// A finite number as JavaScript and JSON write it (ECMA-262, Number::toString): the shortest digits that read back the
// same, without an exponent from 1e-6 up to below 1e21. The text is in the buffer, or a constant.
std::string_view writeNumber(double value, NumberBuffer& buffer);

// The same of any number: `NaN`, `Infinity` and `-Infinity` too. graphql-js's messages and printed defaults have it.
std::string numberText(double value);

} // namespace mortise::graphql
