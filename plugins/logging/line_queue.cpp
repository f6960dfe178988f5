// SPDX-License-Identifier: Apache-2.0
#include "line_queue.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::logging {

LineQueue::LineQueue(const Settings& settings)
    : settings_(settings), front_(new char[settings.capacity]), back_(new char[settings.capacity]) {}

// The lock is held for a copy of some hundred bytes: a few tries are cheaper than going to sleep.
void LineQueue::lock(std::unique_lock<std::mutex>& guard) noexcept {
    for (int i = 0; i < 64; ++i) {
        if (guard.try_lock()) return;
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
    }
    guard.lock();
}

bool LineQueue::push(std::string_view line, bool urgent) noexcept {
    bool wake = false;
    {
        std::unique_lock<std::mutex> guard(mutex_, std::defer_lock);
        lock(guard);
        if (line.size() > settings_.capacity - size_ || stopping_) {
            ++dropped_;
            ++dropped_in_all_;
            return false;
        }
        std::memcpy(front_.get() + size_, line.data(), line.size());
        const bool was_small = size_ < settings_.block;
        size_ += line.size();
        if (!hurry_ && (urgent || (was_small && size_ >= settings_.block))) {
            hurry_ = true;
            wake = true;
        }
        if (asleep_) {
            asleep_ = false;
            wake = true;
        }
    }
    if (wake) wake_.notify_one();
    return true;
}

void LineQueue::hurry() noexcept {
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        hurry_ = true;
        asleep_ = false;
    }
    wake_.notify_one();
}

void LineQueue::stop() noexcept {
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        stopping_ = true;
        asleep_ = false;
    }
    wake_.notify_one();
    written_.notify_all();
}

LineQueue::Block LineQueue::take() {
    std::unique_lock<std::mutex> guard(mutex_);
    const auto gather = [&] { wake_.wait_for(guard, settings_.interval, [this] { return pressed(); }); };
    if (!pressed() && size_ < settings_.block) gather();
    std::chrono::milliseconds looked{0};
    while (size_ == 0 && dropped_ == 0 && !pressed()) {
        if (looked < settings_.linger) {
            gather();
            looked += std::max(settings_.interval, std::chrono::milliseconds(1));
        } else {
            asleep_ = true;
            wake_.wait(guard, [this] { return !asleep_; });
            if (!pressed()) gather();
        }
    }
    Block block;
    std::swap(front_, back_);
    block.text = {back_.get(), size_};
    block.dropped = dropped_;
    block.stopped = stopping_;
    size_ = 0;
    dropped_ = 0;
    hurry_ = false;
    ++taken_;
    return block;
}

void LineQueue::done() noexcept {
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        done_ = taken_;
    }
    written_.notify_all();
}

bool LineQueue::drain(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock<std::mutex> guard(mutex_);
    if (size_ == 0 && dropped_ == 0 && done_ == taken_) return true;
    const std::uint64_t wanted = size_ == 0 && dropped_ == 0 ? taken_ : taken_ + 1;
    hurry_ = true;
    asleep_ = false;
    wake_.notify_one();
    return written_.wait_until(guard, deadline, [&] { return done_ >= wanted; });
}

void LineQueue::pause(std::chrono::milliseconds time) {
    std::unique_lock<std::mutex> guard(mutex_);
    const bool before = stopping_;
    wake_.wait_for(guard, before ? std::min(time, std::chrono::milliseconds(20)) : time,
                   [&] { return stopping_ != before; });
}

std::uint64_t LineQueue::droppedInAll() const noexcept {
    const std::lock_guard<std::mutex> guard(mutex_);
    return dropped_in_all_;
}

} // namespace mortise::logging
