// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::json {

struct PatternFault {
    std::size_t position = 0; // byte of the pattern that the faulty part begins with
    std::string message;
};

// Writes what a regular expression of ECMA-262 (with the `u` flag, no other) means in RE2's syntax to `re2`. Besides
// what `u` allows, a lone `{`, `}` or `]` and an escaped punctuation character stand for themselves, as without it.
// Groups do not capture. Refused: what RE2 cannot do (look-around, back references, counts over 1000, properties of
// Unicode that it has no tables for), and what ECMA-262 refuses. `pattern` must be valid UTF-8. RE2 may still refuse
// the result for its size.
[[nodiscard]] std::optional<PatternFault> translatePattern(std::string_view pattern, std::string& re2);

} // namespace mortise::json
