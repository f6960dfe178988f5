// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::base {

// Whether a request target is a path, and names and values of plain characters (RFC 3986 section 2.3: unreserved), of
// which no name is sensitive. So nearly every target is, and nothing in it is to be redacted. False: look closely.
bool isHarmlessTarget(std::string_view target) noexcept;

} // namespace mortise::base
