// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/filter.h>

#include <cstddef>
#include <cstdint>

namespace mortise::dispatch {

// The phases of filter.h, in order.
enum class Phase : std::uint8_t { accept, protect, route, authenticate, body, handle, respond, finish };

constexpr std::size_t indexOf(Phase phase) noexcept {
    return static_cast<std::size_t>(phase);
}
constexpr std::uint32_t bitOf(Phase phase) noexcept {
    return 1u << indexOf(phase);
}
static_assert(bitOf(Phase::accept) == MORTISE_PHASE_ACCEPT && bitOf(Phase::finish) == MORTISE_PHASE_FINISH);

} // namespace mortise::dispatch
