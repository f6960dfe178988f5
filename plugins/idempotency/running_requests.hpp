// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mortise::idempotency {

/// The claim of one request: the row that it holds, and by which word.
struct Claim {
    std::string id;
    std::string token;
    std::chrono::milliseconds until{0}; // Unix time: its lease
    std::uint64_t handle = 0;           // any of the request's
    std::uint32_t kept = 0;             // status of the response that was stored with it; 0: none
};

/// The claims that requests of this process hold, by a number of the request that is never 0. One stays while its
/// request can still commit, whatever became of the lease: a request that is not here is one without a key. Any thread.
class RunningRequests {
public:
    bool empty() const noexcept { return count_.load(std::memory_order_acquire) == 0; }
    void add(std::uint64_t request, Claim claim);
    std::optional<Claim> find(std::uint64_t request) const;
    void keep(std::uint64_t request, std::uint32_t status);
    std::optional<Claim> remove(std::uint64_t request);
    std::vector<std::pair<std::uint64_t, Claim>> all() const;

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::uint64_t, Claim> claims_;
    std::atomic<std::size_t> count_{0};
};

} // namespace mortise::idempotency
