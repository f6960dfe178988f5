// SPDX-License-Identifier: Apache-2.0
#include "host/kept_call.hpp"
#include "host/requests.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <memory>

namespace mortise::host {
namespace {

using Function = KeptCall::Function;

// `take(kept)` returns MORTISE_OK where it took the call, which is the caller's as before otherwise.
template<class Take>
mortise_status keep(void* self, Function call, void* context, Function release, Take&& take) noexcept {
    Instance& caller = callerOf(self);
    if (call == nullptr) return MORTISE_INVALID;
    if (!caller.countCall()) return MORTISE_BUSY;
    std::unique_ptr<KeptCall> kept;
    try {
        kept = std::make_unique<KeptCall>(caller.shared_from_this(), call, context, release);
    } catch (const std::bad_alloc&) {
        caller.uncountCall();
        return MORTISE_BUSY;
    }
    if (!caller.takesCalls()) {
        kept->giveBack();
        return MORTISE_INVALID;
    }
    return take(caller, std::move(kept));
}

mortise_status run(void* self, Function call, void* context, Function release) noexcept {
    return keep(self, call, context, release, [](Instance& caller, std::unique_ptr<KeptCall> kept) -> mortise_status {
        KeptCall* const plain = kept.get();
        base::Task task([kept = std::move(kept)] {
            const Runtime::OnWorker inside(kept->instance().runtime(), kept->instance().owner(), "a task");
            if (kept->mayRun()) kept->run();
        });
        if (caller.runtime().submit(std::move(task), caller.waitsForDatabase())) return MORTISE_OK;
        plain->giveBack(); // `task` has it still
        return MORTISE_BUSY;
    });
}

mortise_status post(void* self, mortise_exchange exchange, Function call, void* context, Function release) noexcept {
    return keep(self, call, context, release,
                [exchange](Instance& caller, std::unique_ptr<KeptCall> kept) -> mortise_status {
                    if (caller.runtime().requests().post(exchange, kept)) return MORTISE_OK;
                    if (kept != nullptr) kept->giveBack();
                    return MORTISE_STALE;
                });
}

} // namespace

const mortise_task_table& taskService() noexcept {
    static constexpr mortise_task_table table{sizeof(mortise_task_table), 0, run, post};
    return table;
}

} // namespace mortise::host
