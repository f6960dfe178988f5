// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/method.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::http::http1 {

// RFC 9112 section 3: method SP request-target SP HTTP-version CRLF.

inline constexpr std::size_t longest_method = 64; // bytes; what is longer is unknown, whatever follows it
inline constexpr std::size_t version_size = sizeof " HTTP/1.1\r\n" - 1;

// False: not a method of HTTP that is served here (RTSP, ICE, CONNECT, PRI). `llhttp_method` is its number in llhttp.
bool methodOf(unsigned llhttp_method, Method& method) noexcept;

// Begins with " HTTP/" digit "." digit, whatever the digits.
bool looksLikeVersion(std::string_view text) noexcept;

// Whether the line, with its end, ends with a version and CRLF.
bool endsWithVersion(std::string_view line) noexcept;

enum class LineForm : std::uint8_t { incomplete, wellFormed, malformed };

// Of what has come of a line: well-formed is a token, a target of visible characters and a version with CRLF, one blank
// between them, whatever follows. Malformed as soon as no more bytes could help. Says nothing about whether any of the
// three is known or allowed.
LineForm lineFormOf(std::string_view line) noexcept;

} // namespace mortise::http::http1
