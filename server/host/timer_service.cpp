// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <algorithm>
#include <memory>

namespace mortise::host {
namespace {

mortise_status after(void* self, std::uint64_t delay, void (*call)(void* context), void* context,
                     std::uint64_t* timer) noexcept {
    Instance& caller = callerOf(self);
    if (call == nullptr || delay > static_cast<std::uint64_t>(TimerQueue::longestDelay.count())) return MORTISE_INVALID;
    // Once it stops, an instance gets no further calls.
    if (caller.stage() >= Instance::Stage::stopping) return MORTISE_INVALID;
    try {
        const std::weak_ptr<Instance> weak = caller.weak_from_this();
        const std::uint64_t number = caller.runtime().timers().after(
            &caller, std::chrono::milliseconds(std::max<std::uint64_t>(delay, 1)), [weak, call, context] {
                const auto instance = weak.lock();
                if (instance == nullptr || instance->quarantined()) return;
                const Instance::Pin running(instance);
                const Runtime::OnWorker inside(instance->runtime(), instance->owner(), "a timer");
                if (instance->stage() < Instance::Stage::stopping) call(context);
            });
        if (number == 0) return MORTISE_BUSY;
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
