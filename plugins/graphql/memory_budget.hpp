// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>

namespace mortise::graphql {

// What an operation's calls may keep together. Any thread.
class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t maximum) : maximum_(maximum) {}

    // False past the maximum, from then on always.
    bool spend(std::size_t bytes) {
        if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= maximum_) return true;
        used_.store(maximum_ + 1, std::memory_order_relaxed);
        return false;
    }
    bool isExceeded() const { return used_.load(std::memory_order_relaxed) > maximum_; }
    void reset() { used_.store(0, std::memory_order_relaxed); }
    std::size_t maximum() const { return maximum_; }

private:
    std::size_t maximum_;
    std::atomic<std::size_t> used_{0};
};

} // namespace mortise::graphql
