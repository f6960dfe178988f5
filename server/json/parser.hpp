// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/tape.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::json {

struct ParseLimits {
    std::uint32_t depth = 64;          // containers inside each other
    std::uint32_t nodes = 0x7fffffffu; // values and keys
};

struct ParseFault {
    enum class Reason : std::uint8_t {
        empty,
        unexpected_character,
        unexpected_end,
        trailing_content,
        bad_number,
        number_out_of_range,
        control_character,
        bad_escape,
        lone_surrogate,
        invalid_utf8,
        byte_order_mark,
        too_deep,
        too_many_values,
        too_large,
    };
    // Byte offset of the first byte that no valid document could have there; the size of the input when it ended early.
    // A number or a surrogate that is whole but refused, and a wrong UTF-8 sequence, count from their first byte.
    std::size_t position = 0;
    Reason reason = Reason::unexpected_character;
};

// A short sentence part: "unexpected character".
std::string_view describe(ParseFault::Reason reason) noexcept;

// Strict RFC 8259 into `tape` (contents of before are lost). Refused on top of the grammar: nesting past the limit,
// a byte-order mark, invalid UTF-8, lone surrogates, integers beyond 64 bits, doubles that overflow. Of duplicate keys
// the last one is kept, where it stands. After a fault the tape is empty.
// Throws std::bad_alloc only.
[[nodiscard]] std::optional<ParseFault> parse(std::string_view bytes, Tape& tape, const ParseLimits& limits = {});

} // namespace mortise::json
