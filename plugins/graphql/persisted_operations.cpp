// SPDX-License-Identifier: Apache-2.0
#include "persisted_operations.hpp"

#include <cstring>
#include <iterator>

namespace mortise::graphql {

std::size_t PersistedOperations::DigestHash::operator()(const OperationDigest& digest) const {
    char bytes[sizeof digest];
    std::memcpy(bytes, digest.data(), sizeof digest);
    return hash({bytes, sizeof bytes});
}

std::size_t PersistedOperations::DigestHash::operator()(const OperationOwner& owner) const {
    char bytes[sizeof owner.network + sizeof owner.family];
    std::memcpy(bytes, &owner.network, sizeof owner.network);
    std::memcpy(bytes + sizeof owner.network, &owner.family, sizeof owner.family);
    return hash({bytes, sizeof bytes});
}

std::shared_ptr<const std::string> PersistedOperations::find(const OperationDigest& digest) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(digest);
    if (found == entries_.end()) return nullptr;
    const Entry& entry = found->second;
    std::list<OperationDigest>& recent = entry.holding->recent;
    recent.splice(recent.begin(), recent, entry.place);
    return entry.text;
}

void PersistedOperations::keep(const OperationDigest& digest, std::string_view text, const OperationOwner& owner) {
    const std::size_t size = text.size() + overhead;
    if (size > limits_.clientBytes || size > limits_.bytes || limits_.clientOperations == 0) return;
    auto kept = std::make_shared<const std::string>(text);
    std::list<OperationDigest> place{digest};
    const std::lock_guard lock(mutex_);
    if (entries_.find(digest) != entries_.end()) return;
    Holding& holding = holdingOf(owner);
    while (!holding.recent.empty() &&
           (holding.recent.size() >= limits_.clientOperations || holding.bytes + size > limits_.clientBytes))
        dropOldest(holding);
    while (bytes_ + size > limits_.bytes) {
        Holding& largest = *std::prev(bySize_.end())->second;
        dropOldest(largest);
        if (&largest != &holding) forgetIfEmpty(largest);
    }
    try {
        entries_.emplace(digest, Entry{std::move(kept), &holding, place.begin()});
    } catch (...) {
        forgetIfEmpty(holding);
        throw;
    }
    holding.recent.splice(holding.recent.begin(), place);
    resize(holding, holding.bytes + size);
    bytes_ += size;
}

std::size_t PersistedOperations::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

std::size_t PersistedOperations::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

PersistedOperations::Holding& PersistedOperations::holdingOf(const OperationOwner& owner) {
    const auto [at, isNew] = holdings_.try_emplace(owner);
    Holding& holding = at->second;
    if (!isNew) return holding;
    holding.owner = owner;
    try {
        holding.place = bySize_.emplace(0, &holding).first;
    } catch (...) {
        holdings_.erase(at);
        throw;
    }
    return holding;
}

// Throws nothing: the node is moved.
void PersistedOperations::resize(Holding& holding, std::size_t bytes) {
    auto node = bySize_.extract(holding.place);
    node.value().first = bytes;
    holding.bytes = bytes;
    holding.place = bySize_.insert(std::move(node)).position;
}

void PersistedOperations::dropOldest(Holding& holding) {
    const auto entry = entries_.find(holding.recent.back());
    const std::size_t size = entry->second.text->size() + overhead;
    entries_.erase(entry);
    holding.recent.pop_back();
    resize(holding, holding.bytes - size);
    bytes_ -= size;
}

void PersistedOperations::forgetIfEmpty(Holding& holding) {
    if (!holding.recent.empty()) return;
    bySize_.erase(holding.place);
    holdings_.erase(OperationOwner(holding.owner));
}

} // namespace mortise::graphql
