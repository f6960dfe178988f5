// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::graphql::shell {

// JSON text as values that keep their own texts.
Values valuesOfJson(const std::string& json);

// A value as JSON text; an enumeration's is its name.
std::string jsonOf(const Values& values, std::uint32_t index);

} // namespace mortise::graphql::shell
