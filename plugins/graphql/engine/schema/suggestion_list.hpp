// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Whether `left` stands before `right` when runs of digits compare by their value.
bool naturallyBefore(std::string_view left, std::string_view right);

// The options that read like `input`, the nearest first: at most two fifths of the input's length in edits away, a
// change of case counting one. Ties stand in natural order (numbers by value). The options are borrowed.
std::vector<std::string_view> suggestionList(std::string_view input, std::span<const std::string_view> options);

// ` Did you mean "a", "b", or "c"?`, of at most five; empty for no suggestions. `what` stands before them when it is
// not empty (`the enum value`). The options must be unique.
std::string didYouMean(std::string_view what, std::span<const std::string_view> suggestions);

// Both at once.
std::string suggestion(std::string_view what, std::string_view input, std::span<const std::string_view> options);

} // namespace mortise::graphql
