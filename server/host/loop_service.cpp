// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <memory>

namespace mortise::host {
namespace {

std::uint32_t count(void* self) noexcept {
    return static_cast<std::uint32_t>(callerOf(self).runtime().loops().size());
}

std::uint32_t current(void* self) noexcept {
    return callerOf(self).runtime().currentLoop();
}

// A plugin's call and its context, from the moment it is taken. The instance is not stopped until it is released.
struct BatchCall {
    Instance::Pin pin;
    Instance& owner;
    void (*call)(void* context);
    void* context;
    void (*release)(void* context);

    static void run(void* taken) {
        const std::unique_ptr<const BatchCall> self(static_cast<const BatchCall*>(taken));
        if (self->owner.quarantined()) return;
        const base::RunningCode running(self->owner.owner(), "the end of a batch");
        self->call(self->context);
        if (self->release != nullptr) self->release(self->context);
    }
};

mortise_status atBatchEnd(void* self, void (*call)(void* context), void* context,
                          void (*release)(void* context)) noexcept {
    Instance& caller = callerOf(self);
    const std::uint32_t loop = caller.runtime().currentLoop();
    if (loop == 0 || call == nullptr) return MORTISE_INVALID;
    try {
        std::unique_ptr<BatchCall> kept(
            new BatchCall{Instance::Pin(caller.shared_from_this()), caller, call, context, release});
        if (!caller.takesCalls()) return MORTISE_INVALID;
        caller.runtime().loops()[loop - 1]->atBatchEnd(&BatchCall::run, kept.get());
        static_cast<void>(kept.release()); // it is run()'s now
        return MORTISE_OK;
    } catch (...) {
        return MORTISE_ERROR;
    }
}

} // namespace

const mortise_loop_table& loopService() noexcept {
    static constexpr mortise_loop_table table{sizeof(mortise_loop_table), 0, count, current, atBatchEnd};
    return table;
}

} // namespace mortise::host
