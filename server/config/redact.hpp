// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::config {

inline constexpr std::string_view redacted = "[redacted]";

// `text` with every URL in it stripped of what should not be seen: the password of `scheme://user:password@host`
// and the values of query parameters whose name speaks of a secret (password, token, secret, key, signature...).
std::string redactUrls(std::string_view text);

} // namespace mortise::config
