// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/arena.hpp"
#include "execution/cell.hpp"
#include "execution/plan.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::graphql {

class Batch;
class Execution;

// Names a batch that was suspended; of no use once it is completed, or its execution ended.
using BatchToken = std::uint64_t;

// All objects of one type in one place of the response, and the values of their fields.
struct Group {
    const ObjectPlan* plan = nullptr;
    const std::uint64_t* handles = nullptr; // one per row
    std::uint32_t rows = 0;
    Batch* batches = nullptr; // one per field of the plan; __typename's is not used
};

// One field of all rows of a group: what its resolver gets and gives. Memory is the execution's arena; when that is at
// its limit, what is written here is dropped and the execution ends with an error. The execution's thread.
class Batch {
public:
    // What stands in a cell of kind error.
    struct Failure {
        std::string_view message;
        std::uint32_t cause = 0;
    };

    // The handles of the rows whose field this is; never empty.
    std::span<const std::uint64_t> parents() const { return {group_->handles, group_->rows}; }
    TypeId parentType() const { return group_->plan->type; }
    const Field& field() const { return *planned_->field; }
    // The coerced arguments: an object, or empty when the field has none.
    const Values& arguments() const { return *arguments_; }
    // Null when it was not given and has no default.
    const Value* argument(std::string_view name) const {
        return arguments_->empty() ? nullptr : arguments_->member((*arguments_)[0], name);
    }
    // What is selected below this field, for each object type it can be; null of leaf types.
    const SelectionPlan* selection() const { return planned_->selection; }
    // What the host gave for this execution.
    void* context() const;
    Execution& execution() const { return *execution_; }

    // One per parent.
    std::span<Cell> cells() { return {cells_, group_->rows}; }
    // Makes the value of a row a list; what is added until endList are its items. One list after the other.
    void beginList(std::size_t row);
    // A list in the list that is open.
    void beginList();
    void add(const Cell& item);
    void endList();
    // A copy that lives as long as the execution.
    std::string_view keep(std::string_view text);
    // A value that is an error. `cause` is handed on in Error::cause.
    Cell failure(std::string_view message, std::uint32_t cause = 0);
    // Only from within resolve().
    BatchToken suspend();

private:
    friend class Execution;
    friend class ResponseWriter;

    static constexpr std::uint32_t none = 0xFFFFFFFF;

    Batch(Execution& execution, const PlannedField& planned, const Group& group, Cell* cells)
        : execution_(&execution), planned_(&planned), group_(&group), cells_(cells) {}
    Cell* append();

    Execution* execution_;
    const PlannedField* planned_;
    const Group* group_;
    const Values* arguments_ = nullptr;
    const Error* fault_ = nullptr; // takes the place of all cells
    Cell* cells_;
    Cell* items_ = nullptr;     // lists in pre-order, as a nested list's range says
    Group* children_ = nullptr; // by the index of the object plan
    std::uint32_t itemCount_ = 0;
    std::uint32_t itemCapacity_ = 0;
    std::uint32_t openRow_ = none;
    std::uint32_t openNested_ = none; // index into items_; an open list's range.end is the one around it
    std::uint32_t pending_ = none;    // index into the execution's slots
    bool finished_ = false;
};

} // namespace mortise::graphql
