// SPDX-License-Identifier: Apache-2.0
#include "base/event_loop.hpp"

#include "base/clock.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>

#include <sys/eventfd.h>

namespace mortise::base {

namespace {

constexpr auto later = [](const auto& a, const auto& b) noexcept {
    return a.due_ms != b.due_ms ? a.due_ms > b.due_ms : a.id > b.id;
};

} // namespace

EventLoop::EventLoop(std::size_t queue_capacity)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      queue_capacity_(queue_capacity) {
    if (!epoll_ || !wake_) throw std::system_error(errno, std::generic_category(), "event loop");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr; // no watcher: the wake-up
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "event loop");
    }
    readClocks();
}

EventLoop::~EventLoop() = default;

void EventLoop::readClocks() noexcept {
    const std::uint64_t now_ns = monotonicNs();
    now_ms_ = now_ns / 1'000'000;
    wall_ms_ = base::wallMs();
    if (pulse_ != nullptr) pulse_->busy(Pulse::Clock::time_point(std::chrono::nanoseconds(now_ns)));
}

void EventLoop::run() {
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    for (bool stopping = false;;) {
        // Read before the tasks are taken, so that what was posted ahead of stop() is run.
        stopping = stop_.load(std::memory_order_acquire);
        if (pulse_ != nullptr && !stopping) pulse_->idle();
        const int count = ::epoll_wait(epoll_.get(), events_.data(), max_events, stopping ? 0 : waitMs());
        ready_ = count < 0 ? 0 : count; // EINTR: a batch without events
        readClocks();
        bool woken = stopping;
        for (next_ = 0; next_ < ready_;) {
            const epoll_event event = events_[static_cast<std::size_t>(next_++)];
            if (event.events == 0) continue; // removed in this batch
            if (event.data.ptr == nullptr) {
                woken = true;
            } else {
                static_cast<Watcher*>(event.data.ptr)->onReady(event.events);
            }
        }
        ready_ = 0;
        if (woken) runTasks();
        runTimers();
        runBatchEnd();
        if (stopping) break;
    }
    if (pulse_ != nullptr) pulse_->idle();
    thread_.store(std::thread::id(), std::memory_order_relaxed);
}

void EventLoop::stop() noexcept {
    {
        const std::lock_guard lock(queue_lock_);
        refusing_ = true;
    }
    stop_.store(true, std::memory_order_release);
    wake();
}

bool EventLoop::inLoopThread() const noexcept {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

bool EventLoop::add(int fd, std::uint32_t events, Watcher& watcher) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &watcher;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool EventLoop::modify(int fd, std::uint32_t events, Watcher& watcher) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &watcher;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

void EventLoop::remove(int fd, Watcher& watcher) noexcept {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (int i = next_; i < ready_; ++i) {
        epoll_event& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == &watcher) event.events = 0;
    }
}

void EventLoop::wake() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the loop is awake.
    static_cast<void>(!::write(wake_.get(), &one, sizeof one));
}

bool EventLoop::post(Task&& task) noexcept {
    return enqueue(std::move(task), queue_capacity_);
}

bool EventLoop::postAlways(Task&& task) noexcept {
    return enqueue(std::move(task), std::numeric_limits<std::size_t>::max());
}

bool EventLoop::enqueue(Task&& task, std::size_t capacity) noexcept {
    bool first = false;
    try {
        const std::lock_guard lock(queue_lock_);
        if (refusing_ || queue_.size() >= capacity) return false;
        first = queue_.empty();
        queue_.push_back(std::move(task));
    } catch (const std::bad_alloc&) {
        return false;
    }
    if (first) wake();
    return true;
}

void EventLoop::runTasks() noexcept {
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_.get(), &count, sizeof count));
    {
        const std::lock_guard lock(queue_lock_);
        running_.swap(queue_);
    }
    for (Task& task : running_) task();
    running_.clear();
}

EventLoop::TimerId EventLoop::after(std::uint64_t delay_ms, Task&& task) {
    const TimerId id = ++last_timer_;
    timer_tasks_.emplace(id, std::move(task));
    timers_.push_back(Timer{now_ms_ + delay_ms + 1, id});
    std::push_heap(timers_.begin(), timers_.end(), later);
    return id;
}

bool EventLoop::cancel(TimerId id) noexcept {
    // Its place in the heap stays until it is due; a heap of mostly cancelled timers is rebuilt.
    if (timer_tasks_.erase(id) == 0) return false;
    if (timers_.size() > 64 && timers_.size() > 2 * timer_tasks_.size()) {
        timers_.erase(std::remove_if(timers_.begin(), timers_.end(),
                                     [this](const Timer& timer) { return timer_tasks_.count(timer.id) == 0; }),
                      timers_.end());
        std::make_heap(timers_.begin(), timers_.end(), later);
    }
    return true;
}

void EventLoop::runTimers() noexcept {
    const TimerId newest = last_timer_; // what a timer starts waits for the next batch
    while (!timers_.empty() && timers_.front().due_ms <= now_ms_ && timers_.front().id <= newest) {
        const TimerId id = timers_.front().id;
        std::pop_heap(timers_.begin(), timers_.end(), later);
        timers_.pop_back();
        const auto found = timer_tasks_.find(id);
        if (found == timer_tasks_.end()) continue;
        Task task = std::move(found->second);
        timer_tasks_.erase(found);
        task();
    }
}

int EventLoop::waitMs() const noexcept {
    if (timers_.empty()) return -1;
    const std::uint64_t due = timers_.front().due_ms;
    if (due <= now_ms_) return 0;
    return static_cast<int>(std::min<std::uint64_t>(due - now_ms_, 3'600'000));
}

void EventLoop::atBatchEnd(void (*fn)(void*), void* context) {
    batch_end_.push_back(BatchEnd{fn, context});
}

void EventLoop::runBatchEnd() noexcept {
    for (std::size_t i = 0; i < batch_end_.size(); ++i) {
        const BatchEnd call = batch_end_[i];
        call.fn(call.context);
    }
    batch_end_.clear();
}

} // namespace mortise::base
