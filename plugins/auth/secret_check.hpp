// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

/// HS256 wants a key of at least the hash's size (RFC 7518 section 3.2).
inline constexpr std::size_t minimumSecretSize = 32;

/// Why `secret` does not protect anything, as the end of a sentence that starts with its name ("is …"); nothing when it
/// looks fine. Never quotes the secret.
std::optional<std::string> secretFault(std::string_view secret);

} // namespace auth
