// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise {
inline namespace v1 {

// Values of WWW-Authenticate in a 401 (RFC 6750 section 3): to a request without an access token, and to one whose
// token is malformed, expired or revoked.
inline constexpr std::string_view bearerChallenge = "Bearer";
inline constexpr std::string_view invalidTokenChallenge = R"(Bearer error="invalid_token")";

} // namespace v1
} // namespace mortise
