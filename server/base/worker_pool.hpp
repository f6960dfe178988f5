// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::base {

struct WorkerPoolSettings {
    std::string name = "worker";          // threads are called name-0, name-1, ... (15 bytes at most)
    std::size_t threads = 1;              // at least 1
    std::size_t queueLimit = 256;         // tasks that may wait, at least 1; those running are not counted
    int niceness = 0;                     // added to the process's own; 1..19 lets everything else go first
    std::size_t backgroundThreads = 0;    // of the threads, how many may run background tasks at a time
    std::size_t backgroundQueueLimit = 0; // background tasks that may wait; 0: none is taken
};

struct WorkerPoolCounters {
    std::size_t queued = 0;
    std::size_t backgroundQueued = 0;
    std::size_t running = 0; // background tasks included, as in all that follow
    std::uint64_t completed = 0;
    std::uint64_t rejected = 0;  // submissions turned away: queue full, or draining
    std::uint64_t discarded = 0; // accepted, then thrown away by the destructor
};

// A fixed number of threads behind one bounded queue, first in first out, and a second one of background tasks: of
// these one begins only while no other task waits. Submitting never blocks and never allocates. Thread: every member
// may be called from any thread, tasks included, except drain() and the destructor (owner only).
class WorkerPool {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    // Throws std::invalid_argument for a setting out of range, std::system_error when threads cannot be made.
    explicit WorkerPool(const WorkerPoolSettings& settings);
    // Throws away what still waits and joins, however long the running tasks take. A process that must not wait for a
    // stuck task leaves by _exit while the pool is alive.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // False when the queue is full or the pool drains; `task` is then untouched and still the caller's.
    [[nodiscard]] bool trySubmit(Task&& task) noexcept;
    // All of them, or none: as trySubmit.
    [[nodiscard]] bool trySubmitBackground(std::span<Task> tasks) noexcept;

    // Refuses new tasks, runs those accepted, and joins the threads. False when the deadline came first: threads are
    // still busy, tasks may still wait, and drain may be called again.
    [[nodiscard]] bool drain(TimePoint deadline);

    // 0 .. threads-1 on this pool's threads, nothing on any other: an index for data kept per worker without locks.
    std::optional<std::size_t> currentWorker() const noexcept;

    std::size_t threads() const noexcept { return threadCount_; }
    std::size_t queueLimit() const noexcept { return queue_.limit(); }
    WorkerPoolCounters counters() const;

private:
    // First in first out, of a fixed size: never reallocated.
    class Queue {
    public:
        explicit Queue(std::size_t limit) : ring_(limit) {}
        std::size_t limit() const noexcept { return ring_.size(); }
        std::size_t size() const noexcept { return size_; }
        // Precondition: there is room.
        void push(Task&& task) noexcept { ring_[(head_ + size_++) % ring_.size()] = std::move(task); }
        // Precondition: not empty.
        Task pop() noexcept;

    private:
        std::vector<Task> ring_;
        std::size_t head_ = 0;
        std::size_t size_ = 0;
    };

    void work(std::size_t index, int niceness) noexcept;
    void stopAndJoin() noexcept;
    bool mayRunBackground() const noexcept; // under mutex_

    const std::size_t threadCount_;
    const std::size_t backgroundThreads_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;     // a task may begin, or stopping_
    std::condition_variable finished_; // a worker left
    Queue queue_;
    Queue background_;
    std::size_t backgroundRunning_ = 0;
    std::size_t left_ = 0; // workers that ended
    std::size_t running_ = 0;
    std::uint64_t completed_ = 0;
    std::uint64_t rejected_ = 0;
    std::uint64_t discarded_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

} // namespace mortise::base
