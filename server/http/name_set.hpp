// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::http {

// Names of fields that may stand somewhere, in any case: false for most of those that do not, never for one that does.
class NameSet {
public:
    constexpr void add(std::string_view name) noexcept { bits_ |= bitOf(name); }
    // Those of a block that isFieldBlock() accepts.
    void addBlock(std::string_view block) noexcept {
        while (!block.empty()) {
            add(block.substr(0, block.find(':')));
            block.remove_prefix(std::min(block.find('\n'), block.size() - 1) + 1);
        }
    }
    void add(const NameSet& other) noexcept { bits_ |= other.bits_; }
    bool mayHave(std::string_view name) const noexcept { return (bits_ & bitOf(name)) != 0; }
    bool mayMeet(const NameSet& other) const noexcept { return (bits_ & other.bits_) != 0; }
    // add(name), and to `again` too where this set may have had it before.
    void addTwice(std::string_view name, NameSet& again) noexcept {
        const std::uint64_t bit = bitOf(name);
        again.bits_ |= bits_ & bit;
        bits_ |= bit;
    }

private:
    // Names that differ in case only have the same bit. The weights keep apart what filters commonly ask and add.
    static constexpr std::uint64_t bitOf(std::string_view name) noexcept {
        if (name.empty()) return 0;
        const auto folded = [](char c) { return std::size_t{static_cast<std::uint8_t>(c)} | 0x20u; };
        return std::uint64_t{1} << ((name.size() * 8 + folded(name.front()) * 2 + folded(name.back())) & 63u);
    }

    std::uint64_t bits_ = 0;
};

} // namespace mortise::http
