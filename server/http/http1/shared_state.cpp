// SPDX-License-Identifier: Apache-2.0
#include "http/http1/shared_state.hpp"

#include "http/http1/loop_server.hpp"

#include <stdexcept>

namespace mortise::http::http1 {

bool SharedState::acquireConnection(std::size_t limit) noexcept {
    const std::size_t before = connections_.fetch_add(1, std::memory_order_relaxed);
    if (before < limit) return true;
    releaseConnection();
    return false;
}

void SharedState::releaseConnection() noexcept {
    connections_.fetch_sub(1, std::memory_order_relaxed);
}

bool SharedState::acquireAddress(const base::IpAddress& client, std::size_t limit) {
    const std::lock_guard lock(address_lock_);
    std::size_t& count = addresses_[client];
    if (count >= limit) return false;
    ++count;
    return true;
}

void SharedState::releaseAddress(const base::IpAddress& client) noexcept {
    const std::lock_guard lock(address_lock_);
    const auto found = addresses_.find(client);
    if (found != addresses_.end() && --found->second == 0) addresses_.erase(found);
}

std::uint32_t SharedState::join(LoopServer& server) {
    for (std::uint32_t index = 0; index < max_loops; ++index) {
        LoopServer* nobody = nullptr;
        if (loops_[index].compare_exchange_strong(nobody, &server, std::memory_order_acq_rel)) return index;
    }
    throw std::length_error("too many event loops");
}

void SharedState::leave(std::uint32_t index) noexcept {
    loops_[index].store(nullptr, std::memory_order_release);
}

std::uint32_t SharedState::loops() const noexcept {
    std::uint32_t count = 0;
    for (const auto& loop : loops_) count += loop.load(std::memory_order_relaxed) != nullptr ? 1 : 0;
    return count;
}

LoopServer* SharedState::withOldestIdle(LoopServer& own) const noexcept {
    std::uint64_t oldest = own.oldestIdleMs();
    LoopServer* found = oldest == WheelEntry::never ? nullptr : &own;
    for (const auto& loop : loops_) {
        LoopServer* const other = loop.load(std::memory_order_acquire);
        if (other == nullptr || other == &own) continue;
        const std::uint64_t since = other->oldestIdleMs();
        if (since >= oldest) continue;
        oldest = since;
        found = other;
    }
    return found;
}

LoopServer* SharedState::after(const LoopServer& own) const noexcept {
    for (std::size_t step = 1; step < max_loops; ++step) {
        LoopServer* const other = loops_[(own.index() + step) % max_loops].load(std::memory_order_acquire);
        if (other != nullptr) return other;
    }
    return nullptr;
}

} // namespace mortise::http::http1
