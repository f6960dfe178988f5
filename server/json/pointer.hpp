// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::json {

// JSON pointers (RFC 6901). Both append one step, escaped.
void appendStep(std::string& pointer, std::string_view key);
void appendStep(std::string& pointer, std::uint64_t index);

// Takes the first step off a `pointer` that is not empty, unescaped; nothing when the pointer is malformed.
std::optional<std::string> takeStep(std::string_view& pointer);
// The member or element of `parent` that a step names; an empty Value when there is none.
Value followStep(Value parent, std::string_view step);

// The value that `pointer` leads to from `root`; an empty Value when there is none or the pointer is malformed.
Value resolvePointer(Value root, std::string_view pointer);

} // namespace mortise::json
