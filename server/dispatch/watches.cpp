// SPDX-License-Identifier: Apache-2.0
#include "dispatch/watches.hpp"

#include "dispatch/inside.hpp"

#include <utility>

namespace mortise::dispatch {

Watches::Added Watches::add(Watch watch) {
    const std::lock_guard lock(mutex_);
    const State now = state_.load(std::memory_order_acquire);
    if (now == State::cancelled || now == State::over) return Added::over;
    if (list_.size() == limit) return Added::tooMany;
    list_.push_back(std::move(watch));
    State before = State::none;
    if (state_.compare_exchange_strong(before, State::some, std::memory_order_acq_rel) || before == State::some)
        return Added::kept;
    list_.pop_back(); // it ended at this moment
    return Added::over;
}

std::vector<Watch> Watches::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(list_, {});
}

void Watches::callCancelled(base::Pulse& pulse) noexcept {
    std::vector<Watch> list;
    {
        const std::lock_guard lock(mutex_);
        state_.store(State::cancelled, std::memory_order_release); // none is added any more
        list.swap(list_);
    }
    for (const Watch& watch : list) {
        if (watch.cancelled == nullptr || watch.owner->quarantined()) continue;
        const Inside inside(pulse, *watch.owner, "on_cancelled");
        watch.cancelled(watch.context);
    }
    const std::lock_guard lock(mutex_);
    list_.swap(list);
}

void Watches::callEnded(base::Pulse& pulse) noexcept {
    for (const Watch& watch : take()) {
        if (watch.owner->quarantined()) continue;
        const Inside inside(pulse, *watch.owner, "on_ended");
        if (watch.ended != nullptr) watch.ended(watch.context);
        if (watch.release != nullptr) watch.release(watch.context);
    }
}

} // namespace mortise::dispatch
