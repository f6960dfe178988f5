// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/name_index.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Names in the order in which they came first, each with its place in that order. A few are compared one by one, many
// are hashed (see NameIndex for names chosen to meet). The names are borrowed.
class NameSet {
public:
    static constexpr std::uint32_t none = NameIndex::none;

    std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }
    std::string_view operator[](std::uint32_t place) const { return names_[place]; }
    // The place of a name; `none` when it is not there.
    std::uint32_t find(std::string_view name) const {
        if (index_) return index_->find(name);
        for (std::uint32_t i = 0; i < size(); ++i) {
            if (names_[i] == name) return i;
        }
        return none;
    }
    // The place of a name, which is size() before the call when it is new.
    std::uint32_t add(std::string_view name) {
        const std::uint32_t known = find(name);
        if (known != none) return known;
        const std::uint32_t place = size();
        names_.push_back(name);
        if (index_) {
            index_->insert(name, place);
        } else if (names_.size() > compared) {
            hash();
        }
        return place;
    }
    void clear() {
        names_.clear();
        index_.reset();
    }

private:
    static constexpr std::size_t compared = 12;

    void hash() {
        index_.emplace();
        for (std::uint32_t i = 0; i < size(); ++i) index_->insert(names_[i], i);
    }

    std::vector<std::string_view> names_;
    std::optional<NameIndex> index_;
};

} // namespace mortise::graphql
