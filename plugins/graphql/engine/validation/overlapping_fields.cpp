// SPDX-License-Identifier: Apache-2.0
#include "validation/overlapping_fields.hpp"

#include <algorithm>
#include <utility>

namespace mortise::graphql {

namespace {

// Bounds of what a message says, which are graphql-js's.
constexpr std::size_t detailCharacters = 1000;
constexpr std::size_t conflictNodes = 20;
// More conflicts below one pair of fields say nothing that the bounds above leave room for.
constexpr std::size_t conflictsKept = 32;

std::string abbreviated(std::string_view text) {
    if (text.size() <= detailCharacters) return std::string(text);
    return std::string(text.substr(0, detailCharacters)) + "...";
}

std::uint64_t pairOf(std::uint32_t left, std::uint32_t right) {
    return (static_cast<std::uint64_t>(left) << 32U) | right;
}

// Lists and non-null marks must be the same, and leaves.
bool doTypesConflict(const Schema& schema, TypeRef left, TypeRef right) {
    if (left == right) return false;
    if (left.lists != right.lists || left.nonNull != right.nonNull) return true;
    return schema[left.named].isLeaf() || schema[right.named].isLeaf();
}

} // namespace

void OverlappingFields::enterSelectionSet(NodeId selectionSet) {
    const Document& document = context_.document;
    if (document.kind(context_.resolution[selectionSet].target) == NodeKind::inlineFragment) return;
    if (!mayOverlap(selectionSet)) return;
    at_ = selectionSet;
    Conflicts conflicts;
    FieldSet& set = setOf(selectionSet);
    compareWithin(set, conflicts);
    const auto& fragments = set.fragments();
    if (set.size() == 0 && fragments.size() < 2) return;
    for (std::size_t i = 0; i < fragments.size() && !context_.isEnded(); ++i) {
        compareWithFragment(set, fragments[i], false, conflicts);
        for (std::size_t j = i + 1; j < fragments.size() && !context_.isEnded(); ++j) {
            compareFragments(fragments[i], fragments[j], false, conflicts);
        }
    }
}

// Whether there is anything to compare: a few different names without spreads are the usual case.
bool OverlappingFields::mayOverlap(NodeId selectionSet) {
    constexpr std::size_t compared = 24;
    std::string_view names[compared];
    std::size_t count = 0;
    const Document& document = context_.document;
    const NodeId first = selectionSet + 1;
    const NodeId end = document[selectionSet].end;
    if (document[first].end == end && document.kind(first) != NodeKind::inlineFragment) return false;
    for (NodeId node = first; node < end;) {
        switch (document.kind(node)) {
        case NodeKind::fragmentSpread:
            return true;
        case NodeKind::inlineFragment:
        case NodeKind::selectionSet:
            ++node;
            continue;
        case NodeKind::field: {
            const std::string_view name = document.responseName(node);
            for (std::size_t i = 0; i < count; ++i) {
                if (names[i] == name) return true;
            }
            if (count == compared) return true;
            names[count++] = name;
            break;
        }
        default:
            break;
        }
        node = document[node].end;
    }
    return false;
}

FieldSet& OverlappingFields::setOf(NodeId selectionSet) {
    if (placeOf_.empty()) placeOf_.resize(context_.document.size());
    std::uint32_t& place = placeOf_[selectionSet];
    if (place == 0) {
        sets_.emplace_back(context_, selectionSet);
        place = static_cast<std::uint32_t>(sets_.size());
    }
    return sets_[place - 1];
}

FieldSet& OverlappingFields::setOfFragment(std::uint32_t fragment) {
    return setOf(context_.document.child(context_.resolution.definitions()[fragment].node, NodeKind::selectionSet));
}

void OverlappingFields::compareWithin(const FieldSet& set, Conflicts& conflicts) {
    for (std::uint32_t name = 0; name < set.names().size(); ++name) {
        for (std::uint32_t left = set.first(name); left != FieldSet::none; left = set[left].next) {
            for (std::uint32_t right = set[left].next; right != FieldSet::none; right = set[right].next) {
                if (context_.isEnded()) return;
                compareFields(set.names()[name], set[left].node, set[right].node, false, conflicts);
            }
        }
    }
}

void OverlappingFields::compareSets(const FieldSet& left, const FieldSet& right, bool areExclusive,
                                    Conflicts& conflicts) {
    if (left.size() == 0 || right.size() == 0 || !spend(left.names().size())) return;
    for (std::uint32_t name = 0; name < left.names().size(); ++name) {
        const std::uint32_t same = right.names().find(left.names()[name]);
        if (same == FieldSet::none) continue;
        for (std::uint32_t one = left.first(name); one != FieldSet::none; one = left[one].next) {
            for (std::uint32_t other = right.first(same); other != FieldSet::none; other = right[other].next) {
                if (context_.isEnded()) return;
                compareFields(left.names()[name], left[one].node, right[other].node, areExclusive, conflicts);
            }
        }
    }
}

void OverlappingFields::compareWithFragment(FieldSet& set, std::uint32_t fragment, bool areExclusive,
                                            Conflicts& conflicts) {
    if (set.size() == 0) return;
    // By the node of its first field, which no other set has.
    const NodeId setNode = set[0].node;
    std::vector<std::uint32_t> pending{fragment};
    while (!pending.empty() && spend(1)) {
        const std::uint32_t next = pending.back();
        pending.pop_back();
        if (isCompared(setPairs_, pairOf(setNode, next), areExclusive)) continue;
        const FieldSet& other = setOfFragment(next);
        if (&other == &set) continue;
        compareSets(set, other, areExclusive, conflicts);
        pending.insert(pending.end(), other.fragments().rbegin(), other.fragments().rend());
        if (!spend(other.fragments().size() / 8)) return;
    }
}

void OverlappingFields::compareFragments(std::uint32_t left, std::uint32_t right, bool areExclusive,
                                         Conflicts& conflicts) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pending{{left, right}};
    while (!pending.empty() && spend(2)) {
        const auto [one, other] = pending.back();
        pending.pop_back();
        if (one == other) continue;
        if (isCompared(fragmentPairs_, pairOf(std::min(one, other), std::max(one, other)), areExclusive)) continue;
        const FieldSet& oneSet = setOfFragment(one);
        const FieldSet& otherSet = setOfFragment(other);
        compareSets(oneSet, otherSet, areExclusive, conflicts);
        const auto& below = oneSet.fragments();
        const auto& otherBelow = otherSet.fragments();
        for (auto i = below.rbegin(); i != below.rend(); ++i) pending.emplace_back(*i, other);
        for (auto i = otherBelow.rbegin(); i != otherBelow.rend(); ++i) pending.emplace_back(one, *i);
        if (!spend((below.size() + otherBelow.size()) / 8)) return;
    }
}

void OverlappingFields::compareFields(std::string_view name, NodeId left, NodeId right, bool areExclusive,
                                      Conflicts& conflicts) {
    // Arguments and directives are walked, so many for a step.
    constexpr std::uint32_t childrenAStep = 8;
    const Document& document = context_.document;
    if (!spend(2 + (document.childCount(left) + document.childCount(right)) / childrenAStep)) return;
    const Schema& schema = context_.schema;
    const Field* const leftField = ownField(left);
    const Field* const rightField = ownField(right);
    const bool isSameName = document.name(left) == document.name(right);
    const bool isSameType = (leftField == nullptr) == (rightField == nullptr) &&
                            (leftField == nullptr || leftField->type == rightField->type);
    if (isSameName && isSameType && isSimple(left) && isSimple(right)) return;
    const TypeId leftParent = context_.resolution[left].parent;
    const TypeId rightParent = context_.resolution[right].parent;
    const auto isObject = [&](TypeId type) { return type != noType && schema[type].kind == TypeKind::object; };
    areExclusive = areExclusive || (leftParent != rightParent && isObject(leftParent) && isObject(rightParent));
    std::string reason;
    if (!areExclusive && !isSameName) {
        reason = "\"" + abbreviated(document.name(left)) + "\" and \"" + abbreviated(document.name(right)) +
                 "\" are different fields";
    } else if (!areExclusive && !haveSameArguments(left, right)) {
        reason = "they have differing arguments";
    } else if (leftField != nullptr && rightField != nullptr &&
               doTypesConflict(schema, leftField->type, rightField->type)) {
        reason = "they return conflicting types " + quoted(schema.text(leftField->type)) + " and " +
                 quoted(schema.text(rightField->type));
    }
    if (reason.empty()) {
        compareBelow(name, left, right, areExclusive, conflicts);
    } else {
        add(conflicts, {name, std::move(reason), {left}, {right}});
    }
}

void OverlappingFields::compareBelow(std::string_view name, NodeId left, NodeId right, bool areExclusive,
                                     Conflicts& conflicts) {
    const Document& document = context_.document;
    const NodeId leftSet = document.child(left, NodeKind::selectionSet);
    const NodeId rightSet = document.child(right, NodeKind::selectionSet);
    if (leftSet == noNode || rightSet == noNode) return;
    if (depth_ == maximumDepth) {
        context_.abort("Validation aborted: fields overlap more than " + std::to_string(maximumDepth) + " levels deep.",
                       context_.offset(left));
        return;
    }
    Conflicts below;
    ++depth_;
    compareSelectionSets(leftSet, rightSet, areExclusive, below);
    --depth_;
    if (below.empty()) return;
    Conflict conflict{name, {}, {left}, {right}};
    std::string message;
    for (const Conflict& one : below) {
        if (!message.empty()) message += " and ";
        message += "subfields \"" + abbreviated(one.name) + "\" conflict because " + one.reason;
        if (message.size() > detailCharacters) break;
    }
    conflict.reason = abbreviated(message);
    const auto append = [](std::vector<NodeId>& to, const std::vector<NodeId>& from) {
        const std::size_t room = conflictNodes - to.size();
        to.insert(to.end(), from.end() - static_cast<std::ptrdiff_t>(std::min(room, from.size())), from.end());
    };
    for (const Conflict& one : below) {
        append(conflict.left, one.left);
        append(conflict.right, one.right);
    }
    add(conflicts, std::move(conflict));
}

void OverlappingFields::compareSelectionSets(NodeId left, NodeId right, bool areExclusive, Conflicts& conflicts) {
    FieldSet& one = setOf(left);
    FieldSet& other = setOf(right);
    compareSets(one, other, areExclusive, conflicts);
    for (const std::uint32_t fragment : other.fragments()) {
        if (context_.isEnded()) return;
        compareWithFragment(one, fragment, areExclusive, conflicts);
    }
    for (const std::uint32_t fragment : one.fragments()) {
        if (context_.isEnded()) return;
        compareWithFragment(other, fragment, areExclusive, conflicts);
    }
    for (const std::uint32_t fragment : one.fragments()) {
        for (const std::uint32_t otherFragment : other.fragments()) {
            if (context_.isEnded()) return;
            compareFragments(fragment, otherFragment, areExclusive, conflicts);
        }
    }
}

// Null for the meta fields, as in graphql-js.
const Field* OverlappingFields::ownField(NodeId field) const {
    return context_.document.name(field).starts_with("__") ? nullptr : context_.resolution[field].field();
}

bool OverlappingFields::isSimple(NodeId field) const {
    const Document& document = context_.document;
    for (const NodeId child : document.children(field)) {
        if (document.kind(child) != NodeKind::directive) return false;
    }
    return true;
}

bool OverlappingFields::isCompared(std::unordered_map<std::uint64_t, bool>& pairs, std::uint64_t pair,
                                   bool areExclusive) {
    const auto [known, isNew] = pairs.try_emplace(pair, areExclusive);
    if (isNew) return false;
    // What was compared as exclusive must be compared again when it is not.
    if (!known->second || areExclusive) return true;
    known->second = false;
    return false;
}

void OverlappingFields::add(Conflicts& conflicts, Conflict conflict) {
    if (depth_ != 0) {
        if (conflicts.size() < conflictsKept) conflicts.push_back(std::move(conflict));
        return;
    }
    std::vector<std::uint32_t> offsets;
    for (const NodeId node : conflict.left) offsets.push_back(context_.offset(node));
    for (const NodeId node : conflict.right) offsets.push_back(context_.offset(node));
    context_.report("Fields \"" + abbreviated(conflict.name) + "\" conflict because " + conflict.reason +
                        ". Use different aliases on the fields to fetch both if this was intentional.",
                    std::move(offsets));
}

bool OverlappingFields::spend(std::uint64_t steps) {
    if (context_.isEnded()) return false;
    if (steps > steps_) {
        steps_ = 0;
        context_.abort("Validation aborted: comparing the fields that overlap takes more than " +
                           std::to_string(context_.options.overlapSteps) + " steps.",
                       context_.offset(at_));
        return false;
    }
    steps_ -= static_cast<std::uint32_t>(steps);
    return true;
}

} // namespace mortise::graphql
