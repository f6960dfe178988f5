// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/host_names.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::base {
class Pulse;
}

namespace mortise::dispatch {

// What a plugin wants to hear of one request; watch of mortise.exchange/1.
struct Watch {
    using Function = void (*)(void* context);

    std::shared_ptr<const Instance> owner;
    Function cancelled = nullptr;
    Function ended = nullptr;
    void* context = nullptr;
    Function release = nullptr;
};

// Those of one request. Thread: the loop's, but for add().
class Watches {
public:
    enum class Added : std::uint8_t { kept, over, tooMany };
    static constexpr std::size_t limit = 64;

    // For a new request.
    void open() noexcept { state_.store(State::none, std::memory_order_release); }
    // [any] `over`: the request has ended already. Nothing is kept but with `kept`. May throw std::bad_alloc.
    Added add(Watch watch);
    // The client is gone, or the host has ended the request.
    void cancel(base::Pulse& pulse) noexcept {
        if (state_.load(std::memory_order_acquire) == State::some) callCancelled(pulse);
    }
    // The request is over: calls on_ended, releases, and keeps none any more.
    void end(base::Pulse& pulse) noexcept {
        const State before = state_.exchange(State::over, std::memory_order_acq_rel);
        if (before == State::some || before == State::cancelled) callEnded(pulse);
    }

private:
    enum class State : std::uint8_t { none, some, cancelled, over };

    void callCancelled(base::Pulse& pulse) noexcept;
    void callEnded(base::Pulse& pulse) noexcept;
    std::vector<Watch> take();

    std::atomic<State> state_{State::over};
    std::mutex mutex_;
    std::vector<Watch> list_; // under mutex_
};

} // namespace mortise::dispatch
