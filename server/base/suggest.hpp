// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mortise::base {

// Damerau-Levenshtein distance (optimal string alignment) over bytes, ASCII letters compared without case.
std::size_t editDistance(std::string_view a, std::string_view b);

// The candidate nearest to `wanted`, or none when all are too far off (more than a third of the longer name, at least
// 1). The first one wins a tie.
std::optional<std::string> nearest(std::string_view wanted, std::span<const std::string> candidates);

// "; did you mean 'x'?" or "".
std::string didYouMean(std::string_view wanted, std::span<const std::string> candidates);

} // namespace mortise::base
