// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace mortise::host {
namespace {

// A plugin's call and its context, from the moment it is taken. The instance is not stopped until it is released.
struct KeptCall {
    Instance::Pin pin;
    Instance& owner;
    void (*call)(void* context);
    void* context;
    void (*release)(void* context);
};

void end(const KeptCall& kept, bool due) {
    if (kept.owner.quarantined()) return;
    const Runtime::OnWorker inside(kept.owner.runtime(), kept.owner.owner(), "a timer");
    if (due && kept.owner.stage() < Instance::Stage::stopping) kept.call(kept.context);
    if (kept.release != nullptr) kept.release(kept.context);
}

mortise_status after(void* self, std::uint64_t delay, void (*call)(void* context), void* context,
                     void (*release)(void* context), std::uint64_t* timer) noexcept {
    Instance& caller = callerOf(self);
    if (call == nullptr || delay > static_cast<std::uint64_t>(TimerQueue::longestDelay.count())) return MORTISE_INVALID;
    if (!caller.takesCalls()) return MORTISE_INVALID;
    try {
        TimerQueue& timers = caller.runtime().timers();
        auto kept = std::make_shared<const KeptCall>(
            KeptCall{Instance::Pin(caller.shared_from_this()), caller, call, context, release});
        const std::uint64_t number = timers.after(&caller, std::chrono::milliseconds(std::max<std::uint64_t>(delay, 1)),
                                                  [kept = std::move(kept)](bool due) { end(*kept, due); });
        if (number == 0) return MORTISE_BUSY;
        // Whoever stops it meanwhile may have looked for timers before this one was there.
        if (!caller.takesCalls() && timers.forget(&caller, number)) return MORTISE_INVALID;
        if (timer != nullptr) *timer = number;
        return MORTISE_OK;
    } catch (...) {
        return MORTISE_ERROR;
    }
}

mortise_status cancel(void* self, std::uint64_t timer) noexcept {
    Instance& caller = callerOf(self);
    return caller.runtime().timers().cancel(&caller, timer) ? MORTISE_OK : MORTISE_ABSENT;
}

} // namespace

const mortise_timer_table& timerService() noexcept {
    static constexpr mortise_timer_table table{sizeof(mortise_timer_table), 0, after, cancel};
    return table;
}

} // namespace mortise::host
