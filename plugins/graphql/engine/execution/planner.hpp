// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/plan.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// The result of planning: a plan or an error (a limit, or a kind of operation the schema has no root for).
struct PlanResult {
    std::shared_ptr<const Plan> plan;
    std::optional<Error> error;
};

// Makes the plan of one operation of a valid document (October 2021, 6.3.2, CollectFields, for every object type of
// every selection). What is selected below a set of merged nodes is planned once, wherever those nodes are reached
// from, so that fragments within fragments cost what they say and not what they expand to. One use per object.
class Planner {
public:
    Planner(std::shared_ptr<const PreparedDocument> document, NodeId operation, std::uint64_t conditionBits,
            const PlanLimits& limits);

    PlanResult run(const PlanMarks* marks = nullptr);

private:
    struct Entry {
        std::string_view name;
        std::uint32_t first = 0; // into chain_
        std::uint32_t last = 0;
        std::uint32_t count = 0;
    };
    struct Link {
        NodeId node = noNode;
        std::uint32_t next = 0;
    };
    struct Frame {
        NodeId at = 0;
        NodeId end = 0;
    };
    struct Memo {
        const SelectionPlan* selection = nullptr; // null: being planned
        std::uint32_t height = 0;
    };

    // Selections below the nodes' own. `height`: how many levels they have.
    const SelectionPlan* planSelection(std::span<const NodeId> nodes, TypeId named, std::uint32_t depth,
                                       std::uint32_t& height);
    bool planObject(ObjectPlan& object, std::span<const NodeId> nodes, std::uint32_t depth, std::uint32_t& height);
    bool planField(PlannedField& field, TypeId owner, std::uint32_t depth, std::uint32_t& height);
    bool collect(TypeId object, NodeId selectionSet);
    // Counts some work at a node, and that of walking its arguments and directives; false when there was too much.
    bool charge(NodeId node, std::uint32_t steps);
    void add(NodeId field);
    bool takeEntries(TypeId object, std::span<PlannedField>& taken);
    // False: left out, or a fault (then fault_ is set).
    bool isIncluded(NodeId node);
    std::optional<bool> condition(NodeId directive);
    bool matches(NodeId holder, TypeId object) const;
    bool planArguments(PlannedField& field);
    std::string_view keyOf(std::string_view name, std::string_view constant);
    void fail(std::string message, NodeId node);
    void failBytes();

    std::shared_ptr<const PreparedDocument> prepared_;
    const Document& document_;
    const Schema& schema_;
    NodeId operation_;
    std::uint64_t conditionBits_;
    PlanLimits limits_;
    std::shared_ptr<Plan> plan_;
    std::optional<Error> error_;
    std::optional<Error> fault_; // of the object that is being collected
    std::uint64_t work_ = 0;
    std::size_t argumentBytes_ = 0;
    std::vector<Entry> entries_;
    NameIndex entryIndex_; // of entries_, once they are many
    std::vector<Link> chain_;
    std::vector<Frame> frames_;
    std::vector<std::uint32_t> visited_; // fragments: the collection that visited them last
    std::uint32_t collection_ = 0;
    NameIndex memoIndex_; // by the bytes of the named type and the nodes
    std::vector<Memo> memos_;
};

} // namespace mortise::graphql
