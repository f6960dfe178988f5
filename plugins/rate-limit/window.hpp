// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "limit.hpp"

#include <cstdint>

namespace mortise::rate_limit {

// How a client stands under a limit, a request just counted.
struct Standing {
    bool refused = false;        // the request is past the limit
    std::uint32_t remaining = 0; // how many more may come
    // When the window ends; with nothing remaining, when the next request may come. Later than the `now` given.
    Seconds reset = 0;
};

// The requests of one client under one limit. `now` may be a little older than at an earlier call: event loops look at
// their clocks one after the other.
class Window {
public:
    Window() = default;
    // As it was told by these functions; what no window can be is cut to what one can.
    Window(Seconds start, std::uint32_t current, std::uint32_t previous) noexcept
        : start_(start), current_(current), previous_(previous) {}

    // Counts a request unless it is refused: who keeps asking does not wait any longer for that.
    Standing take(const Limit& limit, Seconds now) noexcept;
    // Counts what `other` counted, too.
    void add(Window other, const Limit& limit, Seconds now) noexcept;

    // From 0, nothing that counts any more, to 1, the next request is refused.
    double use(const Limit& limit, Seconds now) const noexcept {
        return static_cast<double>(load(limit, now)) / static_cast<double>(allowance(limit));
    }
    bool isOver(const Limit& limit, Seconds now) const noexcept { return load(limit, now) == 0; }
    bool isExhausted(const Limit& limit, Seconds now) const noexcept {
        return load(limit, now) + limit.window > allowance(limit);
    }
    // Requests times the seconds that each of them still counts for, and how much of that the limit allows.
    std::uint64_t load(const Limit& limit, Seconds now) const noexcept { return at(limit, now).weigh(limit, now); }
    static std::uint64_t allowance(const Limit& limit) noexcept { return std::uint64_t{limit.most} * limit.window; }

    Seconds start() const noexcept { return start_; }
    std::uint32_t current() const noexcept { return current_; }
    std::uint32_t previous() const noexcept { return previous_; }

private:
    Window at(const Limit& limit, Seconds now) const noexcept;
    Seconds nextPass(const Limit& limit) const noexcept;
    std::uint64_t weigh(const Limit& limit, Seconds now) const noexcept;

    Seconds start_ = 0;
    std::uint32_t current_ = 0;
    std::uint32_t previous_ = 0; // sliding: of the window before
};
static_assert(sizeof(Window) == 12);

} // namespace mortise::rate_limit
