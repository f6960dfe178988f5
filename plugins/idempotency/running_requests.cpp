// SPDX-License-Identifier: Apache-2.0
#include "running_requests.hpp"

#include <utility>

namespace mortise::idempotency {

void RunningRequests::add(std::uint64_t request, Claim claim) {
    const std::lock_guard lock(mutex_);
    claims_.insert_or_assign(request, std::move(claim));
    count_.store(claims_.size(), std::memory_order_release);
}

std::optional<Claim> RunningRequests::find(std::uint64_t request) const {
    const std::lock_guard lock(mutex_);
    const auto found = claims_.find(request);
    return found == claims_.end() ? std::nullopt : std::optional(found->second);
}

void RunningRequests::keep(std::uint64_t request, std::uint32_t status) {
    const std::lock_guard lock(mutex_);
    if (const auto found = claims_.find(request); found != claims_.end()) found->second.kept = status;
}

std::optional<Claim> RunningRequests::remove(std::uint64_t request) {
    const std::lock_guard lock(mutex_);
    auto node = claims_.extract(request);
    count_.store(claims_.size(), std::memory_order_release);
    return node ? std::optional(std::move(node.mapped())) : std::nullopt;
}

std::vector<std::pair<std::uint64_t, Claim>> RunningRequests::all() const {
    const std::lock_guard lock(mutex_);
    return {claims_.begin(), claims_.end()};
}

} // namespace mortise::idempotency
