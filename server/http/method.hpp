// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::http {

// Methods that are routed. `other` is a registered method without a name here (PROPFIND, ...): known, so not 501.
enum class Method : std::uint8_t { get, head, post, put, delete_, options, patch, trace, other };

} // namespace mortise::http
