// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mortise {
inline namespace v1 {

// Counts the rows of lists, for their totals, up to a limit: past it a total is the limit. A database that counts one
// row after the other (MariaDB, and there for each response) is not made to count a table of any size.
//
// Few tables come near the limit: until one was found that is half as large, rows are counted alone. From then on it
// is looked first whether there is one behind the limit, which reads no more than that many. Safe for concurrent use.
class BoundedCount {
public:
    explicit BoundedCount(std::int64_t limit) noexcept : limit_(limit) {}

    // count(): how many rows there are. isMore(limit): whether there is one behind so many.
    template<class Count, class IsMore>
    std::int64_t total(Count&& count, IsMore&& isMore) {
        if (isLarge_.load(std::memory_order_relaxed) && isMore(limit_)) return limit_;
        const std::int64_t found = count();
        if (found > limit_ / 2) isLarge_.store(true, std::memory_order_relaxed);
        return found < limit_ ? found : limit_;
    }

private:
    const std::int64_t limit_;
    std::atomic<bool> isLarge_{false};
};

} // namespace v1
} // namespace mortise
