// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::http {

// RFC 9110 section 15 and the IANA registry; empty for what is not registered.
std::string_view reasonPhrase(int status) noexcept;

// 204 and 304 end with their head whatever the method (RFC 9112 section 6.3).
constexpr bool hasNoBody(int status) noexcept {
    return status == 204 || status == 304;
}

} // namespace mortise::http
