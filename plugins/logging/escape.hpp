// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_buffer.hpp"

#include <string_view>

namespace mortise::logging {

enum class Quotes {
    escaped, // between double quotes: '"' and '\' are escaped as well
    plain    // outside of quotes
};

// Appends `text` so that it is valid UTF-8 and cannot move a terminal's cursor, start a line or reorder what stands
// beside it: control characters (C0, DEL, C1), line separators and bidirectional controls become \n, \t or \uXXXX as in
// JSON, and every maximal invalid part becomes U+FFFD. Cut between code points when the room is used up: false then.
bool appendEscaped(LineBuffer& out, std::string_view text, Quotes quotes) noexcept;

// True when `text` needs no quotes as a value in "key=value": printable ASCII without blank, '"', '=' and '\', not
// empty.
bool isBareValue(std::string_view text) noexcept;

} // namespace mortise::logging
