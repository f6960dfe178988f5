// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/plugin_base.hpp>

namespace mortise {
inline namespace v1 {

// mortise.loop/1: for providers whose calls may come on an event loop.
class Loops {
public:
    explicit Loops(const detail::Runtime& runtime) noexcept : runtime_(&runtime) {}

    explicit operator bool() const noexcept { return static_cast<bool>(runtime_->loop); }

    // Constant for the life of the process; 0 when the service is absent.
    std::uint32_t count() const noexcept {
        const auto& service = runtime_->loop;
        return service.table.count != nullptr ? service.table.count(service.self) : 0;
    }
    // 1 to count: the loop that the calling thread runs; 0 on any other thread.
    std::uint32_t current() const noexcept {
        const auto& service = runtime_->loop;
        return service.table.current != nullptr ? service.table.current(service.self) : 0;
    }
    // [loop] Once when this batch of events is handled, then `release`, if any. Neither may throw. False on any other
    // thread: nothing is called.
    bool atBatchEnd(void (*call)(void* context), void* context,
                    void (*release)(void* context) = nullptr) const noexcept {
        const auto& service = runtime_->loop;
        return service.table.at_batch_end != nullptr &&
               detail::peerStatus(service.table.at_batch_end(service.self, call, context, release)) == MORTISE_OK;
    }

private:
    const detail::Runtime* runtime_;
};

inline Loops PluginBase::loops() const noexcept {
    return Loops(runtime_);
}

} // namespace v1
} // namespace mortise
