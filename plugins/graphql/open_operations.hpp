// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace mortise::graphql {

// Counts the operations that wait for plugins, so that `stop` can wait for them: what they point at stays until then.
// Any thread.
class OpenOperations {
public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    void wait() {
        std::unique_lock lock(mutex_);
        none_.wait(lock, [this] { return count_ == 0; });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

} // namespace mortise::graphql
