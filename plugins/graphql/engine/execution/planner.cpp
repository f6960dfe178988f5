// SPDX-License-Identifier: Apache-2.0
#include "execution/planner.hpp"

#include "execution/json_output.hpp"
#include "schema/argument_values.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t fewEntries = 8; // that many are searched one by one

Completion completionOf(const Type& type) {
    if (type.isComposite()) return Completion::object;
    if (type.kind == TypeKind::enumeration) return Completion::enumeration;
    switch (type.scalarKind) {
    case ScalarKind::integer:
        return Completion::integer;
    case ScalarKind::number:
        return Completion::number;
    case ScalarKind::string:
        return Completion::string;
    case ScalarKind::boolean:
        return Completion::boolean;
    case ScalarKind::id:
        return Completion::id;
    default:
        return Completion::custom;
    }
}

} // namespace

Planner::Planner(std::shared_ptr<const PreparedDocument> document, NodeId operation, std::uint64_t conditionBits,
                 const PlanLimits& limits)
    : prepared_(std::move(document)),
      document_(prepared_->document()),
      schema_(prepared_->schema()),
      operation_(operation),
      conditionBits_(conditionBits),
      limits_(limits),
      plan_(new Plan(limits.bytes)) {
    limits_.depth = std::min(limits_.depth, PlanLimits{}.depth);
    visited_.resize(prepared_->fragmentCount());
}

PlanResult Planner::run(const PlanMarks* marks) {
    const auto kind = static_cast<OperationKind>(document_[operation_].flags);
    const TypeId type = schema_.root(kind);
    if (type == noType) {
        fail("Schema is not configured to execute " + std::string(operationKeywords[static_cast<std::size_t>(kind)]) +
                 " operation.",
             operation_);
        error_->kind = ErrorKind::request;
        return {nullptr, std::move(error_)};
    }
    plan_->document_ = prepared_;
    plan_->operation_ = operation_;
    plan_->kind_ = kind;
    auto* root = plan_->arena_.make<ObjectPlan>(1);
    std::uint32_t height = 0;
    if (root != nullptr) root->type = type;
    const bool planned = root != nullptr && planObject(*root, {&operation_, 1}, 1, height);
    if (!planned || plan_->arena_.exhausted()) {
        if (!error_) failBytes();
        return {nullptr, std::move(error_)};
    }
    plan_->root_ = root;
    if (marks != nullptr) plan_->mark_ = marks->mark(*plan_);
    return {std::move(plan_), std::nullopt};
}

const SelectionPlan* Planner::planSelection(std::span<const NodeId> nodes, TypeId named, std::uint32_t depth,
                                            std::uint32_t& height) {
    auto* key = plan_->arena_.make<std::uint32_t>(nodes.size() + 1);
    if (key == nullptr) return nullptr;
    key[0] = named;
    std::copy(nodes.begin(), nodes.end(), key + 1);
    const std::string_view bytes(reinterpret_cast<const char*>(key), (nodes.size() + 1) * sizeof(std::uint32_t));
    const std::uint32_t known = memoIndex_.find(bytes);
    if (known != NameIndex::none) {
        const Memo& memo = memos_[known];
        height = memo.height;
        if (memo.selection != nullptr && depth + height <= limits_.depth + 1) return memo.selection;
        fail("The operation's selections are more than " + std::to_string(limits_.depth) + " levels deep.",
             nodes.front());
        return nullptr;
    }
    const auto index = static_cast<std::uint32_t>(memos_.size());
    memoIndex_.insert(bytes, index);
    memos_.emplace_back();
    if (depth > limits_.depth) {
        fail("The operation's selections are more than " + std::to_string(limits_.depth) + " levels deep.",
             nodes.front());
        return nullptr;
    }
    const Type& type = schema_[named];
    const std::size_t count = type.kind == TypeKind::object ? 1 : type.possible.size();
    auto* selection = plan_->arena_.make<SelectionPlan>(1);
    auto* objects = plan_->arena_.make<ObjectPlan>(count);
    if (selection == nullptr || objects == nullptr) return nullptr;
    for (std::size_t i = 0; i < count; ++i) objects[i].type = type.kind == TypeKind::object ? named : type.possible[i];
    std::sort(objects, objects + count, [](const ObjectPlan& a, const ObjectPlan& b) { return a.type < b.type; });
    height = 0;
    for (std::size_t i = 0; i < count; ++i) {
        objects[i].index = static_cast<std::uint32_t>(i);
        std::uint32_t below = 0;
        if (!planObject(objects[i], nodes, depth, below)) return nullptr;
        height = std::max(height, below);
    }
    selection->objects = {objects, count};
    memos_[index] = {selection, height};
    return selection;
}

bool Planner::planObject(ObjectPlan& object, std::span<const NodeId> nodes, std::uint32_t depth,
                         std::uint32_t& height) {
    entries_.clear();
    chain_.clear();
    entryIndex_ = {};
    fault_.reset();
    ++collection_;
    for (const NodeId node : nodes) {
        if (!charge(node, 0)) return false;
        const NodeId set = document_.child(node, NodeKind::selectionSet);
        if (set != noNode && !collect(object.type, set)) return false;
        if (fault_) break;
    }
    height = 1;
    if (fault_) {
        plan_->faults_.push_back(std::make_unique<const Error>(std::move(*fault_)));
        object.fault = plan_->faults_.back().get();
        return true;
    }
    std::span<PlannedField> fields;
    if (!takeEntries(object.type, fields)) return false;
    for (PlannedField& field : fields) {
        std::uint32_t below = 0;
        if (!planField(field, object.type, depth, below)) return false;
        height = std::max(height, below + 1);
    }
    object.fields = fields;
    return true;
}

bool Planner::takeEntries(TypeId object, std::span<PlannedField>& taken) {
    plan_->fieldCount_ += static_cast<std::uint32_t>(entries_.size());
    if (plan_->fieldCount_ > limits_.fields) {
        fail("The operation selects more than " + std::to_string(limits_.fields) + " fields.", operation_);
        return false;
    }
    auto* fields = plan_->arena_.make<PlannedField>(entries_.size());
    if (fields == nullptr) return false;
    std::size_t count = 0;
    for (const Entry& entry : entries_) {
        const Field* field = schema_.selectable(object, document_.name(chain_[entry.first].node));
        if (field == nullptr) continue; // not of a valid document
        auto* nodes = plan_->arena_.make<NodeId>(entry.count);
        if (nodes == nullptr) return false;
        std::uint32_t link = entry.first;
        for (std::uint32_t i = 0; i < entry.count; ++i, link = chain_[link].next) nodes[i] = chain_[link].node;
        PlannedField& planned = fields[count++];
        planned.name = entry.name;
        planned.field = field;
        planned.nodes = {nodes, entry.count};
    }
    taken = {fields, count};
    return true;
}

bool Planner::planField(PlannedField& planned, TypeId owner, std::uint32_t depth, std::uint32_t& height) {
    const Field& field = *planned.field;
    if (&field == &schema_.typenameField()) {
        planned.completion = Completion::typeName;
        planned.key = keyOf(planned.name, schema_[owner].name);
        return !planned.key.empty();
    }
    planned.completion = completionOf(schema_[field.type.named]);
    planned.key = keyOf(planned.name, {});
    if (planned.key.empty()) return false;
    if (!field.arguments.empty() && !planArguments(planned)) return false;
    if (planned.completion != Completion::object) return true;
    planned.selection = planSelection(planned.nodes, field.type.named, depth + 1, height);
    return planned.selection != nullptr;
}

bool Planner::collect(TypeId object, NodeId selectionSet) {
    frames_.clear();
    frames_.push_back({selectionSet + 1, document_[selectionSet].end});
    while (!frames_.empty()) {
        Frame& frame = frames_.back();
        if (frame.at == frame.end) {
            frames_.pop_back();
            continue;
        }
        const NodeId node = frame.at;
        frame.at = document_[node].end;
        if (!charge(node, 1)) return false;
        NodeId holder = node;
        std::uint32_t fragment = NameIndex::none;
        if (document_.kind(node) == NodeKind::fragmentSpread) {
            fragment = prepared_->fragmentIndex(document_.name(node));
            if (fragment == NameIndex::none || visited_[fragment] == collection_) continue;
            holder = prepared_->fragmentAt(fragment);
        }
        if (!isIncluded(node)) {
            if (fault_) return true;
            continue;
        }
        if (document_.kind(node) == NodeKind::field) {
            add(node);
            continue;
        }
        if (fragment != NameIndex::none) visited_[fragment] = collection_;
        if (!matches(holder, object)) continue;
        const NodeId set = document_.child(holder, NodeKind::selectionSet);
        frames_.push_back({set + 1, document_[set].end});
    }
    return true;
}

bool Planner::charge(NodeId node, std::uint32_t steps) {
    NodeId head = node + 1; // one past the arguments and directives
    while (head < document_[node].end && document_.kind(head) != NodeKind::selectionSet) head = document_[head].end;
    work_ += steps + (head - node) / 4;
    if (work_ <= limits_.work) return true;
    fail("The operation takes more than " + std::to_string(limits_.work) + " steps to plan.", node);
    return false;
}

void Planner::add(NodeId field) {
    const std::string_view name = document_.responseName(field);
    std::uint32_t index = NameIndex::none;
    if (entries_.size() <= fewEntries) {
        for (std::uint32_t i = 0; i < entries_.size(); ++i)
            if (entries_[i].name == name) index = i;
    } else {
        if (entryIndex_.size() == 0)
            for (std::uint32_t i = 0; i < entries_.size(); ++i) entryIndex_.insert(entries_[i].name, i);
        index = entryIndex_.find(name);
    }
    const auto link = static_cast<std::uint32_t>(chain_.size());
    chain_.push_back({field, 0});
    if (index == NameIndex::none) {
        if (entryIndex_.size() != 0) entryIndex_.insert(name, static_cast<std::uint32_t>(entries_.size()));
        entries_.push_back({name, link, link, 1});
        return;
    }
    chain_[entries_[index].last].next = link;
    entries_[index].last = link;
    ++entries_[index].count;
}

bool Planner::isIncluded(NodeId node) {
    NodeId skip = noNode;
    NodeId include = noNode;
    for (const NodeId child : document_.children(node)) {
        if (document_.kind(child) != NodeKind::directive) continue;
        const std::string_view name = document_.name(child);
        if (name == "skip") skip = child;
        if (name == "include") include = child;
    }
    if (skip != noNode && condition(skip).value_or(true)) return false;
    return include == noNode || condition(include).value_or(false);
}

std::optional<bool> Planner::condition(NodeId directive) {
    const NodeId argument = document_.child(directive, NodeKind::argument);
    if (argument == noNode) return std::nullopt; // not of a valid document
    const NodeId value = argument + 1;
    if (document_.kind(value) != NodeKind::variable) return document_.rawValue(value) == "true";
    const std::string_view variable = document_.name(value);
    const std::size_t index = prepared_->condition(variable);
    const auto is = static_cast<ConditionValue>(conditionBits_ >> (2 * index) & 3U);
    if (is == ConditionValue::yes || is == ConditionValue::no) return is == ConditionValue::yes;
    fault_ = Error{ErrorKind::argument,
                   is == ConditionValue::null
                       ? "Argument \"if\" of non-null type \"Boolean!\" must not be null."
                       : "Argument \"if\" of required type \"Boolean!\" was provided the variable \"$" +
                             std::string(variable) + "\" which was not provided a runtime value.",
                   {document_[value].offset},
                   {},
                   0};
    return std::nullopt;
}

bool Planner::matches(NodeId holder, TypeId object) const {
    const NodeId condition = document_.child(holder, NodeKind::namedType);
    if (condition == noNode) return true;
    const TypeId type = schema_.type(document_.name(condition));
    return type == object || (type != noType && schema_.isPossible(type, object));
}

bool Planner::planArguments(PlannedField& planned) {
    PlannedArguments arguments;
    arguments.field = planned.field;
    arguments.node = planned.nodes.front();
    arguments.constant = !usesVariables(document_, arguments.node);
    const std::size_t taken = argumentBytes_ + plan_->arena_.bytes();
    const std::size_t left = limits_.bytes - std::min(limits_.bytes, taken);
    arguments.values.limitTo(static_cast<std::uint32_t>(std::min<std::size_t>(left / sizeof(Value), 0xFFFFFFFF)));
    Error error;
    if (arguments.constant && !coerceArguments(schema_, document_, planned.field->arguments, arguments.node, nullptr,
                                               arguments.values, error))
        arguments.error = std::move(error);
    argumentBytes_ += sizeof(PlannedArguments) + arguments.values.bytes();
    const bool fits = !arguments.values.isExceeded() && plan_->arena_.bytes() + argumentBytes_ <= limits_.bytes;
    planned.arguments = static_cast<std::uint32_t>(plan_->arguments_.size());
    plan_->arguments_.push_back(std::move(arguments));
    if (fits) return true;
    failBytes();
    return false;
}

std::string_view Planner::keyOf(std::string_view name, std::string_view constant) {
    const std::size_t size = name.size() + 4 + (constant.empty() ? 0 : constant.size() + 2);
    char* text = plan_->arena_.make<char>(size + JsonOutput::padding);
    if (text == nullptr) return {};
    std::fill(text + size, text + size + JsonOutput::padding, '\0');
    char* at = text;
    *at++ = ',';
    *at++ = '"';
    at = std::copy(name.begin(), name.end(), at);
    *at++ = '"';
    *at++ = ':';
    if (constant.empty()) return {text, size};
    *at++ = '"';
    at = std::copy(constant.begin(), constant.end(), at);
    *at = '"';
    return {text, size};
}

void Planner::fail(std::string message, NodeId node) {
    error_ = Error{ErrorKind::limit, std::move(message), {document_[node].offset}, {}, 0};
}

void Planner::failBytes() {
    fail("The operation's plan takes more than " + std::to_string(limits_.bytes) + " bytes.", operation_);
}

} // namespace mortise::graphql
