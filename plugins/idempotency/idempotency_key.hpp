// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::idempotency {

inline constexpr std::size_t longestKey = 255; // characters

/// The key in a field Idempotency-Key: a string as RFC 9651 section 3.3.3 has it, of
/// draft-ietf-httpapi-idempotency-key-header-07, or, as clients send it as well, the same without quotes: visible ASCII
/// characters. Nothing: it is neither, has parameters, or has not 1 to 255 characters.
std::optional<std::string> parseKey(std::string_view field);

} // namespace mortise::idempotency
