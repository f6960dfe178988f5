// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

namespace mortise::host {
namespace {

std::uint32_t count(void* self) noexcept {
    return static_cast<std::uint32_t>(callerOf(self).runtime().loops().size());
}

std::uint32_t current(void* self) noexcept {
    return callerOf(self).runtime().currentLoop();
}

mortise_status atBatchEnd(void* self, void (*call)(void* context), void* context) noexcept {
    Runtime& runtime = callerOf(self).runtime();
    const std::uint32_t loop = runtime.currentLoop();
    if (loop == 0 || call == nullptr) return MORTISE_INVALID;
    try {
        runtime.loops()[loop - 1]->atBatchEnd(call, context);
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
