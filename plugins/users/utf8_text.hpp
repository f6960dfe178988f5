// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace users {

/// The text with U+FFFD in the place of each byte that is no part of a character (RFC 3629).
std::string repairedUtf8(std::string_view text);

/// At most `size` bytes of it, none of a character that does not fit.
std::string_view cutUtf8(std::string_view text, std::size_t size) noexcept;

} // namespace users
