// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::static_files {

// Dates of HTTP fields (RFC 9110 section 5.6.7), as Unix seconds.

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string httpDate(std::int64_t seconds);

// That form and the two obsolete ones, as recipients must; nothing for anything else.
std::optional<std::int64_t> parseHttpDate(std::string_view text);

} // namespace mortise::static_files
