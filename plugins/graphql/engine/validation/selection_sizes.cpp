// SPDX-License-Identifier: Apache-2.0
#include "validation/selection_sizes.hpp"

#include <algorithm>
#include <limits>

namespace mortise::graphql {

namespace {

std::uint32_t saturatingSum(std::uint32_t left, std::uint32_t right) {
    constexpr std::uint32_t highest = std::numeric_limits<std::uint32_t>::max();
    return left > highest - right ? highest : left + right;
}

} // namespace

SelectionSizes::SelectionSizes(const Document& document) : document_(document) {
    for (const NodeId node : document.children(0)) {
        const NodeKind kind = document.kind(node);
        if (kind != NodeKind::operation && kind != NodeKind::fragmentDefinition) continue;
        const auto index = static_cast<std::uint32_t>(parts_.size());
        parts_.push_back({});
        parts_.back().node = node;
        if (kind == NodeKind::operation) continue;
        const std::uint32_t place = names_.add(document.name(node));
        if (place == fragments_.size()) fragments_.push_back(index);
        fragments_[place] = index;
    }
    for (Part& part : parts_) measure(part);
}

const SelectionSizes::Size& SelectionSizes::of(NodeId definition) {
    const auto found = std::lower_bound(parts_.begin(), parts_.end(), definition,
                                        [](const Part& part, NodeId node) { return part.node < node; });
    sum(static_cast<std::uint32_t>(found - parts_.begin()));
    return found->size;
}

void SelectionSizes::measure(Part& part) {
    part.spreads = static_cast<std::uint32_t>(spreads_.size());
    std::vector<NodeId> fieldEnds; // of the fields around the node
    const NodeId end = document_[part.node].end;
    for (NodeId node = part.node + 1; node < end;) {
        while (!fieldEnds.empty() && fieldEnds.back() <= node) fieldEnds.pop_back();
        switch (document_.kind(node)) {
        case NodeKind::field:
            if (fieldEnds.empty()) part.size.rootFields = saturatingSum(part.size.rootFields, 1);
            if (document_[node].value.size != 0) part.size.aliases = saturatingSum(part.size.aliases, 1);
            fieldEnds.push_back(document_[node].end);
            part.size.depth = std::max(part.size.depth, static_cast<std::uint32_t>(fieldEnds.size()));
            ++node;
            break;
        case NodeKind::fragmentSpread: {
            const std::uint32_t place = names_.find(document_.name(node));
            if (place != NameSet::none) {
                spreads_.push_back({fragments_[place], static_cast<std::uint32_t>(fieldEnds.size())});
            }
            node = document_[node].end;
            break;
        }
        case NodeKind::inlineFragment:
        case NodeKind::selectionSet:
            ++node;
            break;
        default:
            node = document_[node].end;
        }
    }
    part.spreadsEnd = static_cast<std::uint32_t>(spreads_.size());
    part.isSummed = part.spreads == part.spreadsEnd;
}

// The fragments of a part first; one that is being summed is on the way to itself and adds nothing.
void SelectionSizes::sum(std::uint32_t wanted) {
    if (parts_[wanted].isSummed) return;
    std::vector<Open> open{{wanted, parts_[wanted].spreads}};
    parts_[wanted].isOpen = true;
    while (!open.empty()) {
        Part& part = parts_[open.back().part];
        if (open.back().next == part.spreadsEnd) {
            for (std::uint32_t i = part.spreads; i < part.spreadsEnd; ++i) add(part.size, spreads_[i]);
            part.isOpen = false;
            part.isSummed = true;
            open.pop_back();
            continue;
        }
        const std::uint32_t fragment = spreads_[open.back().next++].fragment;
        Part& below = parts_[fragment];
        if (below.isSummed || below.isOpen) continue;
        below.isOpen = true;
        open.push_back({fragment, below.spreads});
    }
}

void SelectionSizes::add(Size& to, const Spread& spread) const {
    const Part& fragment = parts_[spread.fragment];
    if (!fragment.isSummed) return;
    if (fragment.size.depth != 0) to.depth = std::max(to.depth, saturatingSum(spread.depth, fragment.size.depth));
    to.aliases = saturatingSum(to.aliases, fragment.size.aliases);
    if (spread.depth == 0) to.rootFields = saturatingSum(to.rootFields, fragment.size.rootFields);
}

} // namespace mortise::graphql
