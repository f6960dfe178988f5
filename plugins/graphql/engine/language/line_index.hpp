// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Both from 1.
struct Location {
    std::uint32_t line = 1;
    std::uint32_t column = 1; // in UTF-16 units, as graphql-js counts them

    bool operator==(const Location&) const = default;
};

// Where bytes of a source stand as lines and columns. Lines end at LF, CR or CRLF. Borrows the source; 4 bytes
// a line and 4 a KiB.
class LineIndex {
public:
    explicit LineIndex(std::string_view source);

    // `offset` is the first byte of a character, or the source's size. Takes the same time
    // in lines of any length.
    Location locate(std::uint32_t offset) const;

private:
    std::uint32_t unitsBefore(std::size_t offset) const;

    std::string_view source_;
    std::vector<std::uint32_t> starts_; // of the second line and those after it
    std::vector<std::uint32_t> units_;  // UTF-16 units before each block of the source
};

} // namespace mortise::graphql
