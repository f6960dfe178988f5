// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::json {

bool isUtf8(std::string_view text) noexcept;

struct Utf8Step {
    std::size_t length; // bytes; of a wrong sequence its maximal part that could have begun a right one, at least 1
    bool valid;
};
// The sequence at the start of `text`, which is not empty (Unicode 15, table 3-7).
Utf8Step utf8Step(std::string_view text) noexcept;

// Bytes before the first wrong sequence; the whole size when there is none.
std::size_t validUtf8Prefix(std::string_view text) noexcept;

// Of valid UTF-8.
std::size_t countCodePoints(std::string_view text) noexcept;

// `text` cut to at most `bytes`, never inside a sequence of valid UTF-8.
std::string_view cutUtf8(std::string_view text, std::size_t bytes) noexcept;

// Writes up to 4 bytes at `out` and returns the end. `codePoint` is no surrogate and at most 0x10ffff.
char* encodeUtf8(std::uint32_t codePoint, char* out) noexcept;

} // namespace mortise::json
