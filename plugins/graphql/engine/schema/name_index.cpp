// SPDX-License-Identifier: Apache-2.0
#include "schema/name_index.hpp"

#include <cstddef>
#include <cstring>

namespace mortise::graphql {

namespace {

constexpr std::size_t firstSlots = 8;

// Mixes eight bytes at a time; names are short. There is no seed: whoever chooses names can make them meet, and n of
// them then cost n²/2 comparisons of four bytes. Those of a document are bounded by TextLimits::tokens.
std::uint32_t nameHash(std::string_view name) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15;
    std::uint64_t hash = name.size() * factor;
    const char* at = name.data();
    std::size_t left = name.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32U;
    }
    std::uint64_t rest = 0;
    if (left >= 4) {
        std::uint32_t low = 0;
        std::uint32_t high = 0;
        std::memcpy(&low, at, 4);
        std::memcpy(&high, at + left - 4, 4);
        rest = (static_cast<std::uint64_t>(high) << 32U) | low;
    } else {
        for (std::size_t i = 0; i < left; ++i) rest = (rest << 8U) | static_cast<unsigned char>(at[i]);
    }
    hash = (hash ^ rest) * factor;
    return static_cast<std::uint32_t>(hash >> 32U);
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
