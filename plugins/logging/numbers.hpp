// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_buffer.hpp"

#include <cstdint>

namespace mortise::logging {

bool appendInteger(LineBuffer& out, std::int64_t value) noexcept;
// Shortest text that reads back as the same double; "null" for what is not finite.
bool appendNumber(LineBuffer& out, double value) noexcept;
// Nanoseconds as milliseconds with at most three decimals: 1204000 is "1.204", 12000000 is "12".
bool appendMilliseconds(LineBuffer& out, std::uint64_t nanoseconds) noexcept;

} // namespace mortise::logging
