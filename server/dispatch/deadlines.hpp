// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/environment.hpp"
#include "http/timing_wheel.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace mortise::dispatch {

// The requests of one loop that wait for somebody, filed by when to look at them again. Coarse: an entry comes up to
// http::TimingWheel::tick_ms late, and earlier than that never. A request that is answered at once never gets here.
// Thread: the loop's.
class Deadlines {
public:
    // `due` is called with each entry that has come up; it arms it again where its time lies ahead.
    template<class Due>
    Deadlines(Environment& environment, Due due) : environment_(environment), due_(std::move(due)) {}
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    // Has it come up at `dueMs` (of Environment::nowMs) or, when it was armed for an earlier moment, then.
    void arm(http::WheelEntry& entry, std::uint64_t dueMs) {
        if (!ticking_) wheel_.begin(environment_.nowMs()); // it stood still
        const bool before = entry.ListHook<http::WheelTag>::linked();
        wheel_.schedule(entry, dueMs);
        if (!before) ++armed_;
        tickLater();
    }
    void disarm(http::WheelEntry& entry) noexcept {
        if (!entry.ListHook<http::WheelTag>::linked()) return;
        entry.ListHook<http::WheelTag>::unlink();
        --armed_;
    }

private:
    void tickLater() {
        if (ticking_) return;
        ticking_ = true;
        environment_.after(http::TimingWheel::tick_ms, [this] { tick(); });
    }
    void tick() {
        // Still ticking: who is armed from inside must not set the wheel forward past those that are to come up yet.
        wheel_.advance(environment_.nowMs(), [this](http::WheelEntry& entry) {
            --armed_;
            due_(entry);
        });
        ticking_ = false;
        if (armed_ != 0) tickLater();
    }

    Environment& environment_;
    std::function<void(http::WheelEntry&)> due_;
    http::TimingWheel wheel_;
    std::size_t armed_ = 0;
    bool ticking_ = false;
};

} // namespace mortise::dispatch
