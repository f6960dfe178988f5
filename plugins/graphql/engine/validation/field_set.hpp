// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/name_set.hpp"
#include "validation/rule_context.hpp"

#include <cstdint>
#include <vector>

namespace mortise::graphql {

// The fields of a selection set and of the inline fragments in it, those of one response name together, and the
// fragments that are spread among them.
class FieldSet {
public:
    static constexpr std::uint32_t none = NameSet::none;

    struct Member {
        NodeId node = noNode;
        std::uint32_t next = none; // the next of the same name
    };

    FieldSet(const RuleContext& context, NodeId selectionSet);

    // Names in the order in which they came first.
    const NameSet& names() const { return names_; }
    // The first of a name, by its place in names().
    std::uint32_t first(std::uint32_t name) const { return groups_[name].first; }
    const Member& operator[](std::uint32_t member) const { return members_[member]; }
    // Indices in Resolution::definitions, each once; of known fragments.
    const std::vector<std::uint32_t>& fragments() const { return fragments_; }
    std::size_t size() const { return members_.size(); }

private:
    struct Group {
        std::uint32_t first;
        std::uint32_t last;
    };

    NameSet names_;
    std::vector<Group> groups_;
    std::vector<Member> members_;
    std::vector<std::uint32_t> fragments_;
};

} // namespace mortise::graphql
