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

// Where bytes of a source stand as lines and columns. Lines end at LF, CR or CRLF. Borrows the source; 4 bytes a line.
class LineIndex {
public:
    explicit LineIndex(std::string_view source);

    // `offset` is the first byte of a character, or the source's size. Takes time by the length of its line.
    Location locate(std::uint32_t offset) const;

private:
    std::string_view source_;
    std::vector<std::uint32_t> starts_; // of the second line and those after it
};

} // namespace mortise::graphql
