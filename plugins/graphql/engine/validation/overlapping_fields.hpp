// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/field_set.hpp"
#include "validation/rule_context.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::graphql {

// OverlappingFieldsCanBeMerged (October 2021, 5.3.2). Fields of one response name are compared pair by pair, within a
// selection set and with the fragments spread in it; what has been compared is not compared again. Each comparison is
// a step of ValidationOptions::overlapSteps and keeps a bounded number of bytes; past the steps, or where fields are
// compared more than `maximumDepth` levels below the first two, the document is refused.
class OverlappingFields {
public:
    static constexpr std::uint32_t maximumDepth = 200;

    explicit OverlappingFields(RuleContext& context) : context_(context), steps_(context.options.overlapSteps) {}

    void enterSelectionSet(NodeId selectionSet);

private:
    struct Conflict {
        std::string_view name;
        std::string reason;
        std::vector<NodeId> left;
        std::vector<NodeId> right;
    };
    using Conflicts = std::vector<Conflict>;

    bool mayOverlap(NodeId selectionSet);
    FieldSet& setOf(NodeId selectionSet);
    FieldSet& setOfFragment(std::uint32_t fragment);
    void compareWithin(const FieldSet& set, Conflicts& conflicts);
    void compareSets(const FieldSet& left, const FieldSet& right, bool areExclusive, Conflicts& conflicts);
    void compareWithFragment(FieldSet& set, std::uint32_t fragment, bool areExclusive, Conflicts& conflicts);
    void compareFragments(std::uint32_t left, std::uint32_t right, bool areExclusive, Conflicts& conflicts);
    void compareFields(std::string_view name, NodeId left, NodeId right, bool areExclusive, Conflicts& conflicts);
    void compareBelow(std::string_view name, NodeId left, NodeId right, bool areExclusive, Conflicts& conflicts);
    void compareSelectionSets(NodeId left, NodeId right, bool areExclusive, Conflicts& conflicts);
    bool haveSameArguments(NodeId left, NodeId right);
    bool isSameValue(NodeId left, NodeId right);
    bool isSameObject(NodeId left, NodeId right);
    const Field* ownField(NodeId field) const;
    bool isSimple(NodeId field) const;
    // True when the pair was compared already so that nothing new can be found; else notes it.
    bool isCompared(std::unordered_map<std::uint64_t, bool>& pairs, std::uint64_t pair, bool areExclusive);
    void add(Conflicts& conflicts, Conflict conflict);
    bool spend(std::uint64_t steps);

    RuleContext& context_;
    std::uint32_t steps_;
    std::uint32_t depth_ = 0;
    NodeId at_ = 0;                                    // the selection set that is checked
    std::deque<FieldSet> sets_;                        // references stay good
    std::vector<std::uint32_t> placeOf_;               // by selection set: one more than its place in sets_
    std::unordered_map<std::uint64_t, bool> setPairs_; // a set and a fragment, to whether exclusively
    std::unordered_map<std::uint64_t, bool> fragmentPairs_;
};

} // namespace mortise::graphql
