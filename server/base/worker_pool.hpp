// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mortise::base {

struct WorkerPoolSettings {
    std::string name = "worker";  // threads are called name-0, name-1, ... (15 bytes at most)
    std::size_t threads = 1;      // at least 1
    std::size_t queueLimit = 256; // tasks that may wait, at least 1; those running are not counted
    int niceness = 0;             // added to the process's own; 1..19 lets everything else go first
};

struct WorkerPoolCounters {
    std::size_t queued = 0;
    std::size_t running = 0;
    std::uint64_t completed = 0;
    std::uint64_t rejected = 0;  // submissions turned away: queue full, or draining
    std::uint64_t discarded = 0; // accepted, then thrown away by the destructor
};

// A fixed number of threads behind one bounded queue, first in first out. Submitting never blocks and never allocates.
// Thread: every member may be called from any thread, tasks included, except drain() and the destructor (owner only).
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

    // Refuses new tasks, runs those accepted, and joins the threads. False when the deadline came first: threads are
    // still busy, tasks may still wait, and drain may be called again.
    [[nodiscard]] bool drain(TimePoint deadline);

    // 0 .. threads-1 on this pool's threads, nothing on any other: an index for data kept per worker without locks.
    std::optional<std::size_t> currentWorker() const noexcept;

    std::size_t threads() const noexcept { return threadCount_; }
    std::size_t queueLimit() const noexcept { return ring_.size(); }
    WorkerPoolCounters counters() const;

private:
    void work(std::size_t index, int niceness) noexcept;
    void stopAndJoin() noexcept;

    const std::size_t threadCount_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;     // a task waits, or stopping_
    std::condition_variable finished_; // a worker left
    std::vector<Task> ring_;           // fixed size: never reallocated
    std::size_t head_ = 0;
    std::size_t queued_ = 0;
    std::size_t left_ = 0; // workers that ended
    std::size_t running_ = 0;
    std::uint64_t completed_ = 0;
    std::uint64_t rejected_ = 0;
    std::uint64_t discarded_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

} // namespace mortise::base
