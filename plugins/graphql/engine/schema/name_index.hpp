// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::graphql {

// Indices by name: a hash table that is built once and has no deletion. The names are borrowed.
class NameIndex {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    // False when the name is already there. Any value but `none`.
    bool insert(std::string_view name, std::uint32_t value);
    // `none` when it is not there.
    std::uint32_t find(std::string_view name) const;
    std::uint32_t size() const { return count_; }

private:
    struct Slot {
        std::string_view name;
        std::uint32_t hash = 0;
        std::uint32_t value = none;
    };

    void grow();

    std::vector<Slot> slots_; // a power of two, at most half full
    std::uint32_t count_ = 0;
};

} // namespace mortise::graphql
