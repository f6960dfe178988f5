// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/worker_pool.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace mortise::host {

// Calls that plugins asked for at a later time, run on the worker pool. Thread: any.
class TimerQueue {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t limitPerOwner = 1024;
    static constexpr std::chrono::milliseconds longestDelay{30LL * 24 * 3600 * 1000};

    explicit TimerQueue(base::WorkerPool& workers);
    ~TimerQueue();
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;

    // 0 when `owner` has limitPerOwner pending. `call` may run up to a retry later when the pool is full.
    std::uint64_t after(const void* owner, std::chrono::milliseconds delay, std::function<void()> call);
    // True when the call will not run.
    bool cancel(const void* owner, std::uint64_t timer);
    // All of `owner`'s that have not begun.
    void cancelAll(const void* owner);

private:
    struct Entry {
        const void* owner = nullptr;
        std::uint64_t timer = 0;
        std::function<void()> call;
    };
    void run() noexcept;

    base::WorkerPool& workers_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Clock::time_point, Entry> entries_;
    std::map<const void*, std::size_t> perOwner_;
    std::uint64_t last_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace mortise::host
