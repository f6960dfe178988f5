// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::conditional {

// Seconds since 1970 of a date in any form of RFC 9110 section 5.6.7. `now` (the same) tells the century of years with
// two digits.
std::optional<std::int64_t> parseHttpDate(std::string_view text, std::int64_t now) noexcept;

} // namespace mortise::conditional
