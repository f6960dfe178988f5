// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mortise::base {

// Base64 with the URL-safe alphabet and without padding (RFC 4648 section 5; RFC 7515 section 2). Bytes travel in
// std::string_view and std::string.
std::string base64UrlEncode(std::string_view bytes);

// Strict, so that one value has one spelling: nothing for padding, whitespace, a foreign character, a length of 4n+1 or
// spare bits that are not zero.
std::optional<std::string> base64UrlDecode(std::string_view text);

} // namespace mortise::base
