// SPDX-License-Identifier: Apache-2.0
#include "host/timer_queue.hpp"

#include "base/thread.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::chrono::milliseconds retryDelay{50}; // when the worker pool is full

} // namespace

struct TimerQueue::Timer {
    const void* owner = nullptr;
    Clock::time_point due;
    Call call;
};

struct TimerQueue::State : std::enable_shared_from_this<State> {
    using Timers = std::map<std::uint64_t, std::unique_ptr<Timer>>;

    std::unique_ptr<Timer> remove(Timers::iterator at) {
        auto [due, end] = waiting.equal_range(at->second->due);
        while (due != end && due->second != at->first) ++due;
        if (due != end) waiting.erase(due);
        std::unique_ptr<Timer> timer = std::move(at->second);
        timers.erase(at);
        if (const auto count = perOwner.find(timer->owner); --count->second == 0) perOwner.erase(count);
        return timer;
    }

    mutable std::mutex mutex;
    std::condition_variable changed;
    Timers timers;                                           // that have not begun, by number
    std::multimap<Clock::time_point, std::uint64_t> waiting; // for their time, or for a worker to be free
    std::map<const void*, std::size_t> perOwner;
    std::uint64_t last = 0;
    bool stopping = false;
};

// Null when it has begun, is cancelled, or is another's than `owner`, if that is not null.
std::unique_ptr<TimerQueue::Timer> TimerQueue::take(State& state, std::uint64_t timer, const void* owner) {
    const std::lock_guard lock(state.mutex);
    const auto found = state.timers.find(timer);
    if (found == state.timers.end() || (owner != nullptr && found->second->owner != owner)) return nullptr;
    return state.remove(found);
}

TimerQueue::TimerQueue(base::WorkerPool& workers) : state_(std::make_shared<State>()) {
    thread_ = base::startThread("timers", [state = state_, &workers] { run(*state, workers); });
}

TimerQueue::~TimerQueue() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_all();
    thread_.join();
}

std::uint64_t TimerQueue::after(const void* owner, std::chrono::milliseconds delay, Call call) {
    const auto due = Clock::now() + delay;
    auto timer = std::make_unique<Timer>(Timer{owner, due, std::move(call)});
    const std::lock_guard lock(state_->mutex);
    const auto count = state_->perOwner.try_emplace(owner, 0).first;
    if (count->second >= limitPerOwner) return 0;
    const std::uint64_t number = ++state_->last;
    state_->timers.emplace(number, std::move(timer));
    ++count->second;
    state_->waiting.emplace(due, number);
    state_->changed.notify_all();
    return number;
}

bool TimerQueue::cancel(const void* owner, std::uint64_t timer) {
    const auto cancelled = take(*state_, timer, owner);
    if (cancelled == nullptr) return false;
    cancelled->call(false);
    return true;
}

bool TimerQueue::forget(const void* owner, std::uint64_t timer) {
    return take(*state_, timer, owner) != nullptr;
}

void TimerQueue::cancelAll(const void* owner) {
    std::vector<std::unique_ptr<Timer>> cancelled;
    {
        const std::lock_guard lock(state_->mutex);
        for (auto at = state_->timers.begin(); at != state_->timers.end();) {
            const auto here = at++;
            if (here->second->owner == owner) cancelled.push_back(state_->remove(here));
        }
    }
    for (const auto& timer : cancelled) timer->call(false);
}

bool TimerQueue::has(const void* owner) const {
    const std::lock_guard lock(state_->mutex);
    return state_->perOwner.count(owner) != 0;
}

void TimerQueue::run(State& state, base::WorkerPool& workers) noexcept {
    std::unique_lock lock(state.mutex);
    while (!state.stopping) {
        if (state.waiting.empty()) {
            state.changed.wait(lock);
            continue;
        }
        const auto due = state.waiting.begin()->first;
        if (Clock::now() < due) {
            state.changed.wait_until(lock, due);
            continue;
        }
        // It is there until a worker begins it: cancel still finds it, and a full pool delays it.
        auto node = state.waiting.extract(state.waiting.begin());
        base::Task begin([held = state.shared_from_this(), number = node.mapped()] {
            if (const auto timer = take(*held, number, nullptr)) timer->call(true);
        });
        if (workers.trySubmit(std::move(begin))) continue;
        const auto timer = state.timers.find(node.mapped());
        node.key() = timer->second->due = Clock::now() + retryDelay;
        state.waiting.insert(std::move(node));
    }
}

} // namespace mortise::host
