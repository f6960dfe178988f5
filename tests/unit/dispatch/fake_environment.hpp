// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"
#include "base/watchdog.hpp"
#include "dispatch/environment.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace mortise::tests {

// A point of a plugin's call where the test holds it. Thread: any.
class Gate {
public:
    // [plugin] Returns after open().
    void pass() {
        std::unique_lock lock(mutex_);
        inside_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void awaitInside() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return inside_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool inside_ = false;
    bool open_ = false;
};

// The test's thread is the loop; time passes and tasks run when the test says so, and from an origin that the real
// clocks do not have.
class FakeEnvironment final : public dispatch::Environment {
public:
    bool isLoop() const noexcept override { return std::this_thread::get_id() == loop_; }
    std::uint64_t clockMs() const noexcept override { return now_.load(); }
    std::uint64_t nowMs() const noexcept override { return now_.load(); }
    std::int64_t wallMs() const noexcept override { return 1'700'000'000'000; }
    base::Pulse& pulse() noexcept override { return pulse_; }
    bool post(base::Task&& task) noexcept override {
        const std::lock_guard lock(mutex_);
        if (ended_) return false;
        posted_.push_back(std::move(task));
        return true;
    }
    void after(std::uint64_t delayMs, base::Task&& task) override {
        timers_.emplace(now_.load() + delayMs, std::move(task));
    }
    bool submit(base::Task&& task, bool waitsForDatabase) noexcept override {
        return keep(waitsForDatabase ? waiting_ : work_, std::move(task));
    }
    bool submitUpload(base::Task&& task) noexcept override { return keep(uploads_, std::move(task)); }

    // The loop's posted tasks, until none is left. Returns how many ran.
    std::size_t runPosted() {
        for (std::size_t ran = 0;; ++ran) {
            base::Task task;
            {
                const std::lock_guard lock(mutex_);
                if (posted_.empty()) return ran;
                task = std::move(posted_.front());
                posted_.pop_front();
            }
            task();
        }
    }
    // Another origin, before anything is done.
    void beginAt(std::uint64_t ms) { now_ = ms; }
    // `ms` pass at once: a loop that was held up.
    void jump(std::uint64_t ms) {
        now_ += ms;
        while (!timers_.empty() && timers_.begin()->first <= now_.load()) {
            base::Task task = std::move(timers_.begin()->second);
            timers_.erase(timers_.begin());
            task();
        }
        runPosted();
    }
    void advance(std::uint64_t ms) {
        for (std::uint64_t step; ms > 0; ms -= step) jump(step = std::min<std::uint64_t>(ms, 16));
    }

    std::size_t tasks() const { return work_.size(); }
    std::size_t uploads() const { return uploads_.size(); }
    // The oldest task on a worker; the caller joins it.
    std::thread startTask() { return start(work_); }
    std::thread startUpload() { return start(uploads_); }
    void runTask() { startTask().join(); }
    // The oldest of those that wait for the database.
    std::size_t waitingTasks() const { return waiting_.size(); }
    void runWaitingTask() { start(waiting_).join(); }
    void refuseTasks(bool refuse = true) { refuses_ = refuse; }
    // The loop has ended: nothing is posted any more, and what was never runs.
    void end() {
        std::deque<base::Task> dropped;
        const std::lock_guard lock(mutex_);
        ended_ = true;
        dropped.swap(posted_);
    }

private:
    bool keep(std::deque<base::Task>& queue, base::Task&& task) noexcept {
        if (refuses_) return false;
        queue.push_back(std::move(task));
        return true;
    }
    static std::thread start(std::deque<base::Task>& queue) {
        std::thread thread([task = std::move(queue.front())]() mutable { task(); });
        queue.pop_front();
        return thread;
    }

    const std::thread::id loop_ = std::this_thread::get_id();
    std::atomic<std::uint64_t> now_{1'000'000'000'000};
    base::Pulse pulse_;
    std::mutex mutex_;
    std::deque<base::Task> posted_; // under mutex_
    bool ended_ = false;            // likewise
    std::multimap<std::uint64_t, base::Task> timers_;
    std::deque<base::Task> work_;
    std::deque<base::Task> waiting_;
    std::deque<base::Task> uploads_;
    bool refuses_ = false;
};

} // namespace mortise::tests
