// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mortise::graphql {

// A number as JavaScript writes it (ECMA-262, Number::toString): the shortest digits that read back the same, without
// an exponent from 1e-6 up to below 1e21. graphql-js's messages and printed defaults have it.
std::string numberText(double value);

} // namespace mortise::graphql
