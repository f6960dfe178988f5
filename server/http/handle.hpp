// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::http {

// Names a turn of one exchange for as long as the process lives: loop (8 bits), slot (18 bits), serial (38 bits, never
// 0). One serial per slot counts the turns of all its exchanges and never restarts, so a handle is never mistaken for
// another one. Value 0 is nobody's.
struct Handle {
    std::uint64_t value = 0;

    static constexpr unsigned serial_bits = 38;
    static constexpr unsigned slot_bits = 18;
    static constexpr std::uint64_t serial_mask = (1ULL << serial_bits) - 1;
    // From here on they are of the exchange's response turns, which a slot counts apart.
    static constexpr std::uint64_t response_serials = 1ULL << (serial_bits - 1);

    static constexpr Handle of(std::uint64_t loop, std::uint64_t slot, std::uint64_t serial) noexcept {
        return Handle{loop << (serial_bits + slot_bits) | slot << serial_bits | serial};
    }
    constexpr std::uint32_t loop() const noexcept {
        return static_cast<std::uint32_t>(value >> (serial_bits + slot_bits));
    }
    constexpr std::uint32_t slot() const noexcept {
        return static_cast<std::uint32_t>(value >> serial_bits) & ((1U << slot_bits) - 1);
    }
    constexpr std::uint64_t serial() const noexcept { return value & serial_mask; }
    friend constexpr bool operator==(Handle a, Handle b) noexcept { return a.value == b.value; }
};

} // namespace mortise::http
