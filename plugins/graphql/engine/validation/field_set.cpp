// SPDX-License-Identifier: Apache-2.0
#include "validation/field_set.hpp"

namespace mortise::graphql {

FieldSet::FieldSet(const RuleContext& context, NodeId selectionSet) {
    const Document& document = context.document;
    NameSet spreads;
    const NodeId end = document[selectionSet].end;
    for (NodeId node = selectionSet + 1; node < end;) {
        switch (document.kind(node)) {
        case NodeKind::field: {
            const std::uint32_t place = names_.add(document.responseName(node));
            const auto member = static_cast<std::uint32_t>(members_.size());
            members_.push_back({node, none});
            if (place == groups_.size()) {
                groups_.push_back({member, member});
            } else {
                members_[groups_[place].last].next = member;
                groups_[place].last = member;
            }
            node = document[node].end;
            break;
        }
        case NodeKind::fragmentSpread: {
            const std::string_view name = document.name(node);
            const std::uint32_t known = spreads.size();
            if (spreads.add(name) == known) {
                const std::uint32_t fragment = context.resolution.fragment(name);
                if (fragment != none) fragments_.push_back(fragment);
            }
            node = document[node].end;
            break;
        }
        case NodeKind::inlineFragment:
        case NodeKind::selectionSet:
            ++node; // what is within belongs to this set
            break;
        default:
            node = document[node].end;
        }
    }
}

} // namespace mortise::graphql
