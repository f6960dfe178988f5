// SPDX-License-Identifier: Apache-2.0
#include "schema/name_index.hpp"

#include "language/keyed_hash.hpp"

#include <cstddef>

namespace mortise::graphql {

namespace {

constexpr std::size_t firstSlots = 8;

// By a secret of this process: names come from documents, whose authors may choose ones that meet.
std::uint32_t nameHash(std::string_view name) {
    static const KeyedHash hash;
    const std::uint64_t wide = hash(name);
    return static_cast<std::uint32_t>(wide ^ wide >> 32U);
}

} // namespace

bool NameIndex::insert(std::string_view name, std::uint32_t value) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    const std::uint32_t hash = nameHash(name);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at].value != none; at = (at + 1) & mask)
        if (slots_[at].hash == hash && slots_[at].name == name) return false;
    slots_[at] = {name, hash, value};
    ++count_;
    return true;
}

std::uint32_t NameIndex::find(std::string_view name) const {
    if (count_ == 0) return none;
    const std::uint32_t hash = nameHash(name);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].value != none; at = (at + 1) & mask)
        if (slots_[at].hash == hash && slots_[at].name == name) return slots_[at].value;
    return none;
}

void NameIndex::grow() {
    std::vector<Slot> before(slots_.empty() ? firstSlots : slots_.size() * 2);
    before.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : before) {
        if (slot.value == none) continue;
        std::size_t at = slot.hash & mask;
        while (slots_[at].value != none) at = (at + 1) & mask;
        slots_[at] = slot;
    }
}

} // namespace mortise::graphql
