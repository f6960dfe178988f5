// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/intrusive_list.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace mortise::http {

struct WheelTag;

// What a TimingWheel holds: derive from it. The deadline may be moved back (later) freely at no cost; the wheel looks
// again when the entry comes up. Moving it forward (sooner) needs TimingWheel::schedule.
class WheelEntry : public ListHook<WheelTag> {
public:
    static constexpr std::uint64_t never = ~0ULL;

private:
    friend class TimingWheel;
    std::uint64_t slot_tick_ = 0; // the tick it is filed under
};

// Coarse deadlines for many objects: `tick_ms` of precision, constant cost, nothing at all for the usual case that a
// deadline is only pushed back. Times are those of the loop's clock.
class TimingWheel {
public:
    static constexpr std::uint64_t tick_ms = 64;

    void begin(std::uint64_t now_ms) noexcept { tick_ = now_ms / tick_ms; }

    // Makes sure that the entry comes up at `deadline_ms` or, when that is further than one turn away, earlier.
    void schedule(WheelEntry& entry, std::uint64_t deadline_ms) noexcept {
        const std::uint64_t due = std::min(deadline_ms / tick_ms + 1, tick_ + slots - 1);
        const std::uint64_t tick = std::max(due, tick_ + 1);
        if (entry.linked() && entry.slot_tick_ <= tick) return;
        entry.unlink();
        entry.slot_tick_ = tick;
        slots_[tick % slots].pushBack(entry);
    }

    // Takes out what has come up by `now_ms` and calls due(entry) for each, which looks at the true deadline and
    // schedules again where it lies ahead.
    template<class Due>
    void advance(std::uint64_t now_ms, Due&& due) {
        const std::uint64_t now_tick = now_ms / tick_ms;
        for (std::uint64_t turned = 0; tick_ < now_tick; ++turned) {
            ++tick_;
            if (turned >= slots) {
                tick_ = now_tick;
                break;
            }
            IntrusiveList<WheelTag> batch;
            batch.splice(slots_[tick_ % slots]);
            while (ListHook<WheelTag>* const hook = batch.front()) {
                hook->unlink();
                due(static_cast<WheelEntry&>(*hook));
            }
        }
    }

private:
    static constexpr std::uint64_t slots = 256;

    std::uint64_t tick_ = 0; // the last one that was run
    std::array<IntrusiveList<WheelTag>, slots> slots_;
};

} // namespace mortise::http
