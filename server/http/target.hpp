// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"
#include "http/request_head.hpp"

#include <string_view>

namespace mortise::http {

// uri-host [ ":" port ] (RFC 9110 section 7.2), not empty, without user information.
bool isHost(std::string_view text) noexcept;

// Splits head.target into path, query and (for an absolute target) host, for head.method. Null, or what is wrong:
// visible ASCII without fragment, well-formed escapes, no escaped NUL and no dot segment in the path (also escaped);
// "*" for OPTIONS only.
const Fault* readTarget(RequestHead& head, const char* message) noexcept;

} // namespace mortise::http
