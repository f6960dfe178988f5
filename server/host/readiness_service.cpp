// SPDX-License-Identifier: Apache-2.0
#include "host/generation.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

namespace mortise::host {
namespace {

// Set while checks run on this thread: one of them that asks for all of them would never end.
thread_local bool insideCheck = false;

class InsideCheck {
public:
    InsideCheck() noexcept { insideCheck = true; }
    ~InsideCheck() { insideCheck = false; }
    InsideCheck(const InsideCheck&) = delete;
    InsideCheck& operator=(const InsideCheck&) = delete;
};

mortise_status check(void* self, mortise_readiness_visitor visit, void* context) noexcept {
    Runtime& runtime = callerOf(self).runtime();
    if (insideCheck || runtime.currentLoop() != 0) return MORTISE_INVALID;
    const InsideCheck inside;
    bool ready = true;
    const auto tell = [&](std::string_view name, mortise_status status, std::string_view why) {
        ready = ready && status == MORTISE_OK;
        if (visit != nullptr) visit(context, view(name), status, view(why));
    };
    tell("draining", runtime.draining() ? MORTISE_ERROR : MORTISE_OK,
         runtime.draining() ? "the server is stopping" : "");
    const bool late = runtime.lateLoops().load(std::memory_order_relaxed) > 0;
    tell("loop", late ? MORTISE_ERROR : MORTISE_OK, late ? "an event loop is held up" : "");
    if (const auto generation = runtime.generation()) {
        for (const auto& instance : generation->instances())
            if (instance->quarantined())
                tell(instance->name(), MORTISE_ERROR, "it missed a deadline and is quarantined until restart");
        for (const ReadinessCheck& one : generation->readinessChecks()) {
            if (one.owner->quarantined()) continue;
            CallError error;
            const base::RunningCode running(one.owner->owner(), "check");
            const mortise_status status = peerStatus(one.table.check(one.owner->self(), error.get()));
            tell(one.owner->name(), status, status == MORTISE_OK ? "" : error.text());
        }
    }
    return ready ? MORTISE_OK : MORTISE_ERROR;
}

} // namespace

const mortise_readiness_table& readinessService() noexcept {
    static constexpr mortise_readiness_table table{sizeof(mortise_readiness_table), 0, check};
    return table;
}

} // namespace mortise::host
