// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::base {

// Without blanks (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text) noexcept;

std::string lowerAscii(std::string_view text);
std::string upperAscii(std::string_view text);

// Trimmed items between commas; "" gives none, an empty item between two commas is kept as "".
std::vector<std::string> splitList(std::string_view text);

// Position of the first byte that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), or
// npos.
std::size_t findInvalidUtf8(std::string_view text) noexcept;

// Fit for a message: control characters and invalid UTF-8 as \xHH, cut to `limit` bytes (plus "...").
std::string printable(std::string_view text, std::size_t limit = 80);

} // namespace mortise::base
