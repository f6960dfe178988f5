// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/worker_pool.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace mortise::host {

// Calls that plugins asked for at a later time, run on the worker pool. Each is called exactly once, without a lock
// held: with true on a worker when it is due, or with false, inside of cancel() or cancelAll(), when it will not run.
// Thread: any.
class TimerQueue {
public:
    using Clock = std::chrono::steady_clock;
    using Call = std::function<void(bool due)>;
    static constexpr std::size_t limitPerOwner = 1024;
    static constexpr std::chrono::milliseconds longestDelay{30LL * 24 * 3600 * 1000};

    explicit TimerQueue(base::WorkerPool& workers);
    ~TimerQueue();
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;

    // 0 when `owner` has limitPerOwner that have not begun: `call` is never called then. It may run up to a retry later
    // when the pool is full.
    std::uint64_t after(const void* owner, std::chrono::milliseconds delay, Call call);
    // True when the call will not run.
    bool cancel(const void* owner, std::uint64_t timer);
    // The same, but as if it had never been taken: it is not called at all.
    bool forget(const void* owner, std::uint64_t timer);
    // All of `owner`'s that have not begun.
    void cancelAll(const void* owner);
    // Whether `owner` has any that has not begun.
    bool has(const void* owner) const;

private:
    struct Timer;
    struct State;
    static std::unique_ptr<Timer> take(State& state, std::uint64_t timer, const void* owner);
    static void run(State& state, base::WorkerPool& workers) noexcept;

    const std::shared_ptr<State> state_; // workers may come to a timer when the queue is gone
    std::thread thread_;
};

} // namespace mortise::host
