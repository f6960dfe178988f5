// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// An escape sequence of a string: what it means, or that it means nothing.
struct Escape {
    char32_t point = 0;
    std::uint8_t size = 0; // characters of the sequence; of an invalid one those that a message shows (UTF-16 units)
    bool isValid = false;
    bool isUnicode = false; // begins with \u

    // Reads the one that begins with the backslash at `offset`.
    static Escape read(std::string_view source, std::size_t offset);
};

} // namespace mortise::graphql
