// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::graphql {

// A value as messages show it, in graphql-js's form: strings as JSON, ten items of a list, lists and objects within
// each other two deep. Longer than `inspectedBytes` it is cut, which `…` at its end says.
inline constexpr std::size_t inspectedBytes = 2'000;
std::string inspect(const Values& values, std::uint32_t index);

// A text that came with a request, as messages quote it: cut in the same way where it has more than so many bytes.
std::string shortened(std::string_view text, std::size_t bytes = inspectedBytes);

} // namespace mortise::graphql
