// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "http/exchange_id.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace mortise::http {

class Exchange;
class LoopServer;

// What the loops of one server have in common. Made before them, destroyed after them. Thread: any.
class SharedState {
public:
    static constexpr std::size_t max_loops = 256;

    // The slot that `id` names, whoever is in it now (ask Exchange::claim or isOpen); null when there is none such.
    // Valid as long as the loops live.
    Exchange* find(ExchangeId id) const noexcept;

    std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
    std::uint64_t bufferedBodyBytes() const noexcept { return body_bytes_.load(std::memory_order_relaxed); }

private:
    friend class LoopServer;
    friend class Connection;
    friend class Exchange;

    // Counts `bytes` more; false, and nothing is counted, past `limit`.
    bool takeBodyBytes(std::uint64_t bytes, std::uint64_t limit) noexcept;
    void giveBodyBytes(std::uint64_t bytes) noexcept;
    bool takeConnection(std::size_t limit) noexcept;
    void giveConnection() noexcept;
    // False, and nothing is counted, when `address` has `limit` already.
    bool takeAddress(const base::IpAddress& address, std::size_t limit);
    void giveAddress(const base::IpAddress& address) noexcept;
    std::uint32_t join(LoopServer& server); // throws std::length_error
    void leave(std::uint32_t index) noexcept;
    std::uint32_t loops() const noexcept;
    // The loop whose idle connections go back furthest, `own` among equals; null when there is no idle one at all.
    LoopServer* withOldestIdle(LoopServer& own) const noexcept;
    // The next one behind `own`, all around; null when there is no other.
    LoopServer* after(const LoopServer& own) const noexcept;

    std::array<std::atomic<LoopServer*>, max_loops> loops_{};
    std::atomic<std::size_t> connections_{0};
    std::atomic<std::uint64_t> body_bytes_{0};
    std::mutex address_lock_;
    std::unordered_map<base::IpAddress, std::size_t, base::IpAddressHash> addresses_; // under address_lock_
};

} // namespace mortise::http
