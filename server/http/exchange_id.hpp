// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::http {

// Names one exchange for as long as the process lives: loop (8 bits), slot (20 bits), generation (36 bits, never 0). A
// stale id is recognised, never mistaken for the slot's next user. Value 0 is nobody's.
struct ExchangeId {
    std::uint64_t value = 0;

    static constexpr unsigned generation_bits = 36;
    static constexpr unsigned slot_bits = 20;
    static constexpr ExchangeId of(std::uint64_t loop, std::uint64_t slot, std::uint64_t generation) noexcept {
        return ExchangeId{loop << (generation_bits + slot_bits) | slot << generation_bits | generation};
    }
    constexpr std::uint32_t loop() const noexcept {
        return static_cast<std::uint32_t>(value >> (generation_bits + slot_bits));
    }
    constexpr std::uint32_t slot() const noexcept {
        return static_cast<std::uint32_t>(value >> generation_bits) & ((1U << slot_bits) - 1);
    }
    constexpr std::uint64_t generation() const noexcept { return value & ((1ULL << generation_bits) - 1); }
    friend constexpr bool operator==(ExchangeId a, ExchangeId b) noexcept { return a.value == b.value; }
};

} // namespace mortise::http
