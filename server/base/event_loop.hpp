// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"
#include "base/unique_fd.hpp"
#include "base/watchdog.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include <sys/epoll.h>

namespace mortise::base {

// Told when its descriptor is ready. `events` are those of epoll(7). Thread: the loop's.
class Watcher {
public:
    virtual void onReady(std::uint32_t events) noexcept = 0;

protected:
    ~Watcher() = default;
};

// One level-triggered epoll instance and the thread that calls run(). Everything is [loop] unless it says [any]: called
// on the loop's thread, or before run() has begun. A batch is what one epoll_wait returned, with the posted tasks and
// the timers that were due.
class EventLoop {
public:
    using TimerId = std::uint64_t; // 0 is never given out

    // `queue_capacity` bounds the tasks that are posted and not yet run. Throws std::system_error.
    explicit EventLoop(std::size_t queue_capacity = 65536);
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // Serves until stop(). Tasks posted before are run. May be called once.
    void run();
    // [any] Ends run() after the batch that sees it; tasks posted before it are run, later ones refused.
    void stop() noexcept;
    // [any] True while run() is on this thread.
    bool inLoopThread() const noexcept;

    // The watcher must outlive its registration. A watcher that was removed gets no event any more, not even one of the
    // same batch. Return false with errno set when epoll refuses.
    bool add(int fd, std::uint32_t events, Watcher& watcher) noexcept;
    bool modify(int fd, std::uint32_t events, Watcher& watcher) noexcept;
    void remove(int fd, Watcher& watcher) noexcept;

    // [any] Runs `task` on the loop, in order of posting. False when the queue is full or the loop was stopped: the
    // task is then still the caller's (it was not moved from).
    bool post(Task&& task) noexcept;
    // [any] The same for what must not be lost and is bounded elsewhere (one task an exchange, a step of a reload): has
    // room however full the queue is. False only when the loop was stopped or memory has run out.
    bool postAlways(Task&& task) noexcept;

    // Runs `task` once, `delay_ms` from now or up to 2 ms later.
    TimerId after(std::uint64_t delay_ms, Task&& task);
    // False when it has run or was cancelled before.
    bool cancel(TimerId id) noexcept;

    // Calls fn(context) once at the end of the current batch, before the next wait, in order of registration. What is
    // registered from inside such a call runs in the same end of batch.
    void atBatchEnd(void (*fn)(void*), void* context);

    // Read once per batch.
    std::uint64_t nowMs() const noexcept { return now_ms_; }  // monotonic
    std::int64_t wallMs() const noexcept { return wall_ms_; } // Unix epoch

    // Told when a batch begins and when the loop waits; must outlive run(). Before run() only. Null: nobody.
    void setPulse(Pulse* pulse) noexcept { pulse_ = pulse; }

private:
    struct Timer {
        std::uint64_t due_ms;
        TimerId id;
    };
    struct BatchEnd {
        void (*fn)(void*);
        void* context;
    };

    bool enqueue(Task&& task, std::size_t capacity) noexcept;
    void readClocks() noexcept;
    void runTasks() noexcept;
    void runTimers() noexcept;
    void runBatchEnd() noexcept;
    int waitMs() const noexcept;
    void wake() noexcept;

    static constexpr int max_events = 256;

    UniqueFd epoll_;
    UniqueFd wake_;
    std::array<epoll_event, max_events> events_;
    int ready_ = 0;
    int next_ = 0;

    const std::size_t queue_capacity_;
    std::mutex queue_lock_;
    std::vector<Task> queue_;   // under queue_lock_
    bool refusing_ = false;     // under queue_lock_
    std::vector<Task> running_; // swapped with queue_
    std::atomic<bool> stop_{false};
    std::atomic<std::thread::id> thread_{};

    std::vector<Timer> timers_; // heap, earliest first
    std::unordered_map<TimerId, Task> timer_tasks_;
    TimerId last_timer_ = 0;

    std::vector<BatchEnd> batch_end_;
    std::uint64_t now_ms_ = 0;
    std::int64_t wall_ms_ = 0;
    Pulse* pulse_ = nullptr;
};

} // namespace mortise::base
