// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace mortise::dispatch {

// Counts the tasks in worker pools that refer to somebody, who waits for them before it ends. Thread: any.
class Outstanding {
public:
    // Held by a task until it was run or thrown away. Move-only.
    class Token {
    public:
        explicit Token(Outstanding& of) noexcept : of_(&of) { of.begin(); }
        Token(Token&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        Token& operator=(Token&&) = delete;
        ~Token() {
            if (of_ != nullptr) of_->end();
        }

    private:
        Outstanding* of_;
    };

    Outstanding() = default;
    Outstanding(const Outstanding&) = delete;
    Outstanding& operator=(const Outstanding&) = delete;

    void wait() {
        std::unique_lock lock(mutex_);
        none_.wait(lock, [this] { return count_ == 0; });
    }

private:
    void begin() noexcept {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void end() noexcept {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

} // namespace mortise::dispatch
