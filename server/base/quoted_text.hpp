// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace mortise::base {

bool isOneOf(std::string_view set, char c) noexcept;
bool isAlphanumeric(char c) noexcept; // of ASCII
// `lower` is in lower case.
bool equalsIgnoringCase(std::string_view a, std::string_view lower) noexcept;

// Places in a text, at or behind `at`; text.size() when there is none.
std::size_t skipBlanks(std::string_view text, std::size_t at) noexcept; // stays in the line
std::size_t lineEnd(std::string_view text, std::size_t at) noexcept;
bool isLineEnd(std::string_view text, std::size_t at) noexcept;
std::size_t wordEnd(std::string_view text, std::size_t at) noexcept;

// A quote, '<' or the \" of JSON in JSON.
bool isQuoteAt(std::string_view text, std::size_t at) noexcept;
// Behind the partner of the quote at `begin`, text.size() when it has none; npos when there is no quote. A quote behind
// a backslash is none.
std::size_t quotedEnd(std::string_view text, std::size_t begin) noexcept;

} // namespace mortise::base
