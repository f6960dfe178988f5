// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "builtin_rules.hpp"
#include "window.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace mortise::rate_limit {

// What the limits say of a request, and of the limits the one that is shown.
struct Verdict {
    std::uint8_t limit = 0; // its index, below maximum_limits
    Standing standing;

    // The tighter of two: the one that refuses, else the one with less remaining, else the later, which is a rule's.
    static Verdict tighter(const Verdict& general, const Verdict& rule) noexcept {
        if (general.standing.refused != rule.standing.refused) return general.standing.refused ? general : rule;
        return general.standing.remaining < rule.standing.remaining ? general : rule;
    }
};

// What a request's 64-bit word keeps from the check until the answer: nothing yet, that it never counts, or a verdict.
class Ticket {
public:
    static constexpr std::uint64_t untouched = 0;
    static constexpr std::uint64_t exempt = 1;

    static std::uint64_t of(const Verdict& verdict) noexcept {
        return counted | std::uint64_t{verdict.standing.refused} << 2 | std::uint64_t{verdict.limit} << 3 |
               std::uint64_t{std::min(verdict.standing.remaining, most_requests)} << 9 |
               std::uint64_t{verdict.standing.reset & reset_mask} << 33;
    }
    static std::optional<Verdict> verdict(std::uint64_t word) noexcept {
        if ((word & 3) != counted) return std::nullopt;
        Verdict read;
        read.limit = word >> 3 & 0x3f;
        read.standing = {(word >> 2 & 1) != 0, static_cast<std::uint32_t>(word >> 9 & 0xff'ffff),
                         static_cast<Seconds>(word >> 33)};
        return read;
    }

private:
    static constexpr std::uint64_t counted = 2;
    static constexpr std::uint64_t reset_mask = 0x7fff'ffff; // 68 years of a clock that begins at boot
};
static_assert(maximum_limits <= 64 && most_requests <= 0xff'ffff);

} // namespace mortise::rate_limit
