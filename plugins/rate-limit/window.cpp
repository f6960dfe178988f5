// SPDX-License-Identifier: Apache-2.0
#include "window.hpp"

#include <algorithm>

namespace mortise::rate_limit {

// The window that `now` falls into.
Window Window::at(const Limit& limit, Seconds now) const noexcept {
    Window window = *this;
    const Seconds elapsed = now > start_ ? now - start_ : 0;
    if (elapsed < limit.window) return window;
    if (limit.algorithm == Algorithm::sliding && elapsed < 2 * limit.window) {
        window.start_ += limit.window;
        window.previous_ = current_;
    } else {
        window.start_ = now;
        window.previous_ = 0;
    }
    window.current_ = 0;
    return window;
}

std::uint64_t Window::weigh(const Limit& limit, Seconds now) const noexcept {
    const Seconds elapsed = now > start_ ? now - start_ : 0;
    return std::uint64_t{previous_} * (limit.window - elapsed) + std::uint64_t{current_} * limit.window;
}

Standing Window::take(const Limit& limit, Seconds now) noexcept {
    *this = at(limit, now);
    if (current_ == 0 && previous_ == 0) start_ = now;
    Standing standing;
    std::uint64_t load = weigh(limit, now);
    if (load + limit.window > allowance(limit)) {
        standing.refused = true;
    } else {
        ++current_;
        load += limit.window;
        // Without a division where the window before does not count.
        standing.remaining = previous_ == 0 ? limit.most - current_
                                            : static_cast<std::uint32_t>((allowance(limit) - load) / limit.window);
    }
    standing.reset = standing.remaining > 0 ? start_ + limit.window : nextPass(limit);
    return standing;
}

// The first second in which previous * (window - elapsed) + (current + 1) * window is no more than the allowance.
Seconds Window::nextPass(const Limit& limit) const noexcept {
    const auto passes_after = [&](std::uint64_t before, std::uint64_t now_counted) -> Seconds {
        const std::uint64_t room = (limit.most - now_counted - 1) * limit.window; // request-seconds
        const std::uint64_t least = room / std::max<std::uint64_t>(before, 1);    // 0 leaves nothing to wait for
        return limit.window - static_cast<Seconds>(std::min<std::uint64_t>(limit.window, least));
    };
    if (limit.algorithm == Algorithm::sliding) {
        if (current_ < limit.most && previous_ > 0) return start_ + passes_after(previous_, current_);
        return start_ + limit.window + passes_after(current_, 0);
    }
    return start_ + limit.window;
}

void Window::add(Window other, const Limit& limit, Seconds now) noexcept {
    *this = at(limit, now);
    other.start_ = std::min(other.start_, now);
    other = other.at(limit, now);
    if (other.current_ == 0 && other.previous_ == 0) return;
    const bool empty = current_ == 0 && previous_ == 0;
    start_ = empty ? other.start_ : std::min(start_, other.start_);
    const auto sum = [&](std::uint64_t a, std::uint64_t b) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(a + b, limit.most));
    };
    current_ = sum(current_, other.current_);
    previous_ = limit.algorithm == Algorithm::sliding ? sum(previous_, other.previous_) : 0;
}

} // namespace mortise::rate_limit
