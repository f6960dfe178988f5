// SPDX-License-Identifier: Apache-2.0
#include "base/worker_pool.hpp"

#include "base/thread.hpp"

#include <sys/resource.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace mortise::base {

namespace {

struct Place {
    const WorkerPool* pool = nullptr;
    std::size_t index = 0;
};
thread_local Place place;

std::size_t atLeastOne(std::size_t count, const char* what) {
    if (count == 0) throw std::invalid_argument(std::string("a worker pool needs at least one ") + what);
    return count;
}

} // namespace

WorkerPool::WorkerPool(const WorkerPoolSettings& settings)
    : threadCount_(atLeastOne(settings.threads, "thread")),
      backgroundThreads_(settings.backgroundThreads),
      queue_(atLeastOne(settings.queueLimit, "place in its queue")),
      background_(settings.backgroundQueueLimit) {
    if (settings.backgroundQueueLimit != 0) atLeastOne(settings.backgroundThreads, "thread for background tasks");
    workers_.reserve(threadCount_);
    try {
        for (std::size_t i = 0; i < threadCount_; ++i) {
            const std::string number = std::to_string(i);
            std::string name = settings.name.substr(0, 14 - number.size()); // 15 bytes with the hyphen
            name.append("-").append(number);
            workers_.push_back(startThread(name, [this, i, niceness = settings.niceness] { work(i, niceness); }));
        }
    } catch (...) {
        stopAndJoin();
        throw;
    }
}

Task WorkerPool::Queue::pop() noexcept {
    Task task = std::move(ring_[head_]);
    head_ = (head_ + 1) % ring_.size();
    --size_;
    return task;
}

bool WorkerPool::mayRunBackground() const noexcept {
    return background_.size() != 0 && backgroundRunning_ < backgroundThreads_;
}

WorkerPool::~WorkerPool() {
    for (;;) {
        Task task; // destroyed outside the lock: its captures may come back to this pool
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        Queue& waiting = queue_.size() != 0 ? queue_ : background_;
        if (waiting.size() == 0) break;
        task = waiting.pop();
        ++discarded_;
    }
    stopAndJoin();
}

bool WorkerPool::trySubmit(Task&& task) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() == queue_.limit()) {
            ++rejected_;
            return false;
        }
        queue_.push(std::move(task));
    }
    wake_.notify_one();
    return true;
}

bool WorkerPool::trySubmitBackground(std::span<Task> tasks) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || background_.limit() - background_.size() < tasks.size()) {
            ++rejected_;
            return false;
        }
        for (Task& task : tasks) background_.push(std::move(task));
    }
    wake_.notify_all();
    return true;
}

bool WorkerPool::drain(TimePoint deadline) {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
        if (!finished_.wait_until(lock, deadline, [this] { return left_ == workers_.size(); })) return false;
    }
    stopAndJoin();
    return true;
}

void WorkerPool::stopAndJoin() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) {
        if (worker.joinable()) worker.join();
    }
}

std::optional<std::size_t> WorkerPool::currentWorker() const noexcept {
    if (place.pool != this) return std::nullopt;
    return place.index;
}

WorkerPoolCounters WorkerPool::counters() const {
    const std::lock_guard lock(mutex_);
    return {queue_.size(), background_.size(), running_, completed_, rejected_, discarded_};
}

void WorkerPool::work(std::size_t index, int niceness) noexcept {
    place = {this, index};
    // On Linux the priority is the thread's own; 0 means the calling one. Without effect is no reason to stop.
    if (niceness != 0) setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + niceness);

    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return queue_.size() != 0 || mayRunBackground() || stopping_; });
        const bool isBackground = queue_.size() == 0;
        if (isBackground && !mayRunBackground()) break; // those who run the others go on with what waits
        Task task = isBackground ? background_.pop() : queue_.pop();
        if (isBackground) ++backgroundRunning_;
        ++running_;
        lock.unlock();
        task();
        task.reset();
        lock.lock();
        --running_;
        if (isBackground) --backgroundRunning_;
        ++completed_;
    }
    ++left_;
    finished_.notify_all();
}

} // namespace mortise::base
