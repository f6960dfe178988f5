// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::application {

// How far a command is, on standard error: a bar that is drawn anew on a terminal, else a line every few seconds.
// Thread: one at a time.
class ProgressDisplay {
public:
    using Clock = std::chrono::steady_clock;

    // `width`: columns of the terminal; 0: there is none.
    ProgressDisplay(unsigned int width, Clock::time_point now) noexcept
        : width_(width), begun_(now), nextLine_(now + pause) {}

    // What to write now; mostly nothing where there is no terminal. `total` 0: unknown.
    std::string update(std::uint64_t done, std::uint64_t total, std::string_view unit, Clock::time_point now);
    // What takes the bar away, before anything else is written.
    std::string clear();

private:
    static constexpr std::chrono::seconds pause{5}; // between two lines

    const unsigned int width_;
    const Clock::time_point begun_;
    Clock::time_point nextLine_;
    bool drawn_ = false;
};

} // namespace mortise::application
