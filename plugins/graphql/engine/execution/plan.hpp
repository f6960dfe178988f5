// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/arena.hpp"
#include "execution/prepared_document.hpp"
#include "language/error.hpp"
#include "schema/schema.hpp"
#include "schema/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mortise::graphql {

struct SelectionPlan;

// How a field's cells become text of the response.
enum class Completion : std::uint8_t { typeName, object, integer, number, string, boolean, id, enumeration, custom };

// A field of one object type in one selection: all nodes of one response name, merged.
struct PlannedField {
    std::string_view key; // `,"name":`, of __typename with the value behind it; padded for JsonOutput::appendPadded
    std::string_view name;
    const Field* field = nullptr;             // of the schema
    const SelectionPlan* selection = nullptr; // of composite types
    std::span<const NodeId> nodes;            // in the order they were collected
    std::uint32_t arguments = none;           // index into Plan::arguments
    Completion completion = Completion::string;

    static constexpr std::uint32_t none = 0xFFFFFFFF;
};

// What is selected of one object type.
struct ObjectPlan {
    TypeId type = noType;
    std::uint32_t index = 0; // in its selection
    std::span<const PlannedField> fields;
    // A condition (@skip, @include) that is null where it must not be: objects of this plan are errors of their field.
    const Error* fault = nullptr;
};

// What is selected of a composite type: a plan for each object type it can be, by rising TypeId.
struct SelectionPlan {
    std::span<const ObjectPlan> objects;

    // Null when the type is not possible here.
    const ObjectPlan* find(TypeId type) const;
};

// The arguments of one planned field.
struct PlannedArguments {
    const Field* field = nullptr;
    NodeId node = noNode;
    bool constant = false;      // values and error below are final; otherwise they depend on variables
    Values values;              // an object
    std::optional<Error> error; // takes the place of the field's values
};

struct PlanLimits {
    std::uint32_t fields = 20'000; // planned fields, of all possible object types together
    std::uint32_t depth = 250;    // selections within each other, fragments followed; at most 250 (it bounds recursion)
    std::uint32_t work = 200'000; // nodes visited while collecting; four nodes of arguments and directives count as one
    std::size_t bytes = std::size_t{8} << 20; // of the plan with its constant arguments
};

// An operation, ready to be executed any number of times: fields merged, fragments expanded, conditions decided (there
// is one plan for each set of values its conditions' variables take), constant arguments coerced. Immutable: any
// thread.
class Plan {
public:
    const PreparedDocument& document() const { return *document_; }
    NodeId operation() const { return operation_; }
    OperationKind kind() const { return kind_; }
    const ObjectPlan& root() const { return *root_; }
    const std::vector<PlannedArguments>& arguments() const { return arguments_; }
    std::uint32_t fieldCount() const { return fieldCount_; }
    // What PlanMarks said of it, 0 without.
    std::uint32_t mark() const { return mark_; }
    // What it takes beside its document.
    std::size_t bytes() const;

private:
    friend class Planner;

    explicit Plan(std::size_t maximumBytes) : arena_(maximumBytes, 2048) {}

    std::shared_ptr<const PreparedDocument> document_;
    NodeId operation_ = noNode;
    OperationKind kind_ = OperationKind::query;
    const ObjectPlan* root_ = nullptr;
    std::vector<PlannedArguments> arguments_;
    std::vector<std::unique_ptr<const Error>> faults_;
    std::uint32_t fieldCount_ = 0;
    std::uint32_t mark_ = 0;
    Arena arena_;
};

// What whoever serves plans wants to know of each, found out once, when it is made: see Plan::mark. Any thread.
class PlanMarks {
public:
    virtual ~PlanMarks() = default;
    virtual std::uint32_t mark(const Plan& plan) const = 0;
};

} // namespace mortise::graphql
