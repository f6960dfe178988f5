// SPDX-License-Identifier: Apache-2.0
#include "execution/plan_cache.hpp"

#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t entryBytes = 160; // the list's and the index' own, about

} // namespace

const std::shared_ptr<const Plan>* PlanCache::Entry::plan(NodeId operation, std::uint64_t conditionBits) const {
    for (const Variant& variant : variants_)
        if (variant.operation == operation && variant.conditionBits == conditionBits) return &variant.plan;
    return nullptr;
}

PlanCache::Entry* PlanCache::find(std::string_view text) {
    const auto [first, end] = index_.equal_range(hash_(text));
    for (auto at = first; at != end; ++at) {
        const auto entry = at->second;
        if (entry->document_->text() != text) continue;
        ++counters_.hits;
        if (entry != entries_.begin()) entries_.splice(entries_.begin(), entries_, entry);
        return &*entry;
    }
    ++counters_.misses;
    return nullptr;
}

PlanCache::Entry* PlanCache::insert(std::shared_ptr<const PreparedDocument> document) {
    const std::size_t bytes = document->bytes() + entryBytes;
    if (bytes > maximumBytes_) return nullptr;
    Entries made(1); // nothing has changed when one of these throws
    Entry& entry = made.front();
    entry.hash_ = hash_(document->text());
    entry.document_ = std::move(document);
    entry.bytes_ = bytes;
    index_.emplace(entry.hash_, made.begin());
    entries_.splice(entries_.begin(), made);
    bytes_ += bytes;
    makeRoom();
    return &entry;
}

void PlanCache::add(Entry& entry, NodeId operation, std::uint64_t conditionBits, std::shared_ptr<const Plan> plan) {
    const std::size_t bytes = plan->bytes() + sizeof(Entry::Variant);
    if (entry.bytes_ + bytes > maximumBytes_) return;
    const bool isNew = entry.variants_.size() < maximumVariants;
    Entry::Variant& variant =
        isNew ? entry.variants_.emplace_back() : entry.variants_[entry.nextVariant_++ % maximumVariants];
    const std::size_t replaced = isNew ? 0 : variant.plan->bytes() + sizeof(Entry::Variant);
    variant = {operation, conditionBits, std::move(plan)};
    entry.bytes_ += bytes - replaced;
    bytes_ += bytes - replaced;
    makeRoom();
}

// Never drops the first, which is no larger than the whole.
void PlanCache::makeRoom() {
    while (bytes_ > maximumBytes_ && entries_.size() > 1) {
        const Entry& last = entries_.back();
        const auto [first, end] = index_.equal_range(last.hash_);
        for (auto at = first; at != end; ++at) {
            if (&*at->second != &last) continue;
            index_.erase(at);
            break;
        }
        bytes_ -= last.bytes_;
        entries_.pop_back();
        ++counters_.evictions;
    }
}

void PlanCache::clear() {
    index_.clear();
    entries_.clear();
    bytes_ = 0;
}

} // namespace mortise::graphql
