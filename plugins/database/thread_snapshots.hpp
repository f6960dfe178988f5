// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::database {

// Why no transaction is begun there.
inline constexpr const char* withinSnapshot =
    "a transaction cannot begin inside of a snapshot: what was read there may have changed since";

// Which threads are in a snapshot, each in one at most. Thread-safe.
template<class Snapshot>
class ThreadSnapshots {
public:
    // While it lives the calling thread is in `snapshot`.
    class Scope {
    public:
        Scope(ThreadSnapshots& all, Snapshot& snapshot) : all_(all), snapshot_(snapshot) {
            const std::lock_guard lock(all_.mutex_);
            all_.running_.emplace_back(std::this_thread::get_id(), &snapshot);
            all_.count_.store(all_.running_.size(), std::memory_order_relaxed);
        }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        ~Scope() {
            const std::lock_guard lock(all_.mutex_);
            std::erase_if(all_.running_, [this](const auto& one) { return one.second == &snapshot_; });
            all_.count_.store(all_.running_.size(), std::memory_order_relaxed);
        }

    private:
        ThreadSnapshots& all_;
        Snapshot& snapshot_;
    };

    // That of the calling thread, or null.
    Snapshot* current() const noexcept {
        if (count_.load(std::memory_order_relaxed) == 0) return nullptr; // the thread sees what it wrote itself
        const std::lock_guard lock(mutex_);
        const auto found =
            std::find_if(running_.begin(), running_.end(),
                         [own = std::this_thread::get_id()](const auto& one) { return one.first == own; });
        return found == running_.end() ? nullptr : found->second;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::pair<std::thread::id, Snapshot*>> running_; // at most as many as there are connections
    std::atomic<std::size_t> count_{0};
};

} // namespace mortise::database
