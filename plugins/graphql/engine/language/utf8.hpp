// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mortise::graphql {

// Where the first byte stands that is no UTF-8 (Unicode 15, table 3-7); npos when all of it is.
std::size_t findInvalidUtf8(std::string_view text);

// How many bytes the well-formed character has with which a text begins that is not empty; 0 when there is none:
// `illFormed` is then how many bytes belong to the maximal ill-formed part.
std::size_t characterLength(std::string_view text, std::size_t& illFormed);

// The beginning of valid UTF-8, at most so many bytes, which cuts no character.
std::string_view cutUtf8(std::string_view text, std::size_t bytes);

// The code point that begins at a byte of valid UTF-8.
char32_t codePointAt(std::string_view text, std::size_t offset);

// Appends a code point that is no surrogate.
void appendUtf8(std::string& out, char32_t point);

// How many UTF-16 units valid UTF-8 has.
std::size_t countUtf16(std::string_view text);

// What JavaScript's slice of so many UTF-16 units has, from a byte on. Half of a pair becomes U+FFFD.
std::string sliceUtf16(std::string_view text, std::size_t offset, std::size_t units);

} // namespace mortise::graphql
