// SPDX-License-Identifier: Apache-2.0
#include "host/timer_queue.hpp"

#include "base/thread.hpp"

#include <memory>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::chrono::milliseconds retryDelay{50}; // when the worker pool is full

} // namespace

TimerQueue::TimerQueue(base::WorkerPool& workers) : workers_(workers) {
    thread_ = base::startThread("timers", [this] { run(); });
}

TimerQueue::~TimerQueue() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

std::uint64_t TimerQueue::after(const void* owner, std::chrono::milliseconds delay, std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    std::size_t& count = perOwner_[owner];
    if (count >= limitPerOwner) return 0;
    ++count;
    const std::uint64_t timer = ++last_;
    entries_.emplace(Clock::now() + delay, Entry{owner, timer, std::move(call)});
    changed_.notify_all();
    return timer;
}

bool TimerQueue::cancel(const void* owner, std::uint64_t timer) {
    const std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (entry->second.owner != owner || entry->second.timer != timer) continue;
        entries_.erase(entry);
        if (--perOwner_[owner] == 0) perOwner_.erase(owner);
        return true;
    }
    return false;
}

void TimerQueue::cancelAll(const void* owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [owner](const auto& entry) { return entry.second.owner == owner; });
    perOwner_.erase(owner);
}

void TimerQueue::run() noexcept {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (entries_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto due = entries_.begin()->first;
        if (Clock::now() < due) {
            changed_.wait_until(lock, due);
            continue;
        }
        // The entry stays ours until a worker took it: a full pool delays it, and cancel still finds it.
        auto node = entries_.extract(entries_.begin());
        const auto call = std::make_shared<std::function<void()>>(std::move(node.mapped().call));
        const void* const owner = node.mapped().owner;
        if (workers_.trySubmit(base::Task([call] { (*call)(); }))) {
            if (const auto count = perOwner_.find(owner); count != perOwner_.end() && --count->second == 0)
                perOwner_.erase(count);
            continue;
        }
        node.key() = Clock::now() + retryDelay;
        node.mapped().call = std::move(*call);
        entries_.insert(std::move(node));
    }
}

} // namespace mortise::host
