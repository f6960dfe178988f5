// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mortise::http {

// Bytes of request bodies that a process keeps in memory. Thread: any.
class BodyBudget {
public:
    // False, and nothing is counted, when that would be more than `limit`.
    bool take(std::uint64_t bytes, std::uint64_t limit) noexcept {
        const std::uint64_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
        if (before + bytes <= limit) return true;
        give(bytes);
        return false;
    }
    void give(std::uint64_t bytes) noexcept {
        if (bytes != 0) used_.fetch_sub(bytes, std::memory_order_relaxed);
    }
    std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> used_{0};
};

} // namespace mortise::http
