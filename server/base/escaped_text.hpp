// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace mortise::base {

// A character and the bytes it takes: "%3D" is '=', and so is "%253D", which is escaped once more.
struct Character {
    char c;
    std::size_t size;
};

// `at` is below text.size(). A '%' that escapes nothing is itself.
Character characterAt(std::string_view text, std::size_t at) noexcept;

// First (or last) place of `wanted`, also escaped, in text[begin, end); npos when there is none.
std::size_t findCharacter(std::string_view text, char wanted, std::size_t begin, std::size_t end, bool last) noexcept;

} // namespace mortise::base
