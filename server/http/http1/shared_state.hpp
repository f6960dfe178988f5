// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "http/body_budget.hpp"
#include "http/proxy_faults.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace mortise::http::http1 {

class LoopServer;

// What the loops of one server have in common. Made before them, destroyed after them. Thread: any.
class SharedState {
public:
    static constexpr std::size_t max_loops = 256;

    BodyBudget& bodies() noexcept { return bodies_; }
    std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
    std::uint64_t bufferedBodyBytes() const noexcept { return bodies_.used(); }

    ProxyFaults& proxyFaults() noexcept { return proxy_faults_; }

    // For the loops. False, and nothing is counted, when there are `limit` already, in all or of `client`, which is a
    // base::clientNetwork.
    bool acquireConnection(std::size_t limit) noexcept;
    void releaseConnection() noexcept;
    bool acquireAddress(const base::IpAddress& client, std::size_t limit);
    void releaseAddress(const base::IpAddress& client) noexcept;
    std::uint32_t join(LoopServer& server); // throws std::length_error
    void leave(std::uint32_t index) noexcept;
    std::uint32_t loops() const noexcept;
    // The loop whose idle connections go back furthest, `own` among equals; null when there is no idle one at all.
    LoopServer* withOldestIdle(LoopServer& own) const noexcept;
    // The next one behind `own`, all around; null when there is no other.
    LoopServer* after(const LoopServer& own) const noexcept;

private:
    std::array<std::atomic<LoopServer*>, max_loops> loops_{};
    std::atomic<std::size_t> connections_{0};
    BodyBudget bodies_;
    ProxyFaults proxy_faults_;
    std::mutex address_lock_;
    std::unordered_map<base::IpAddress, std::size_t, base::IpAddressHash> addresses_; // under address_lock_
};

} // namespace mortise::http::http1
