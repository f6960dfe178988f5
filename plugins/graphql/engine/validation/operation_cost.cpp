// SPDX-License-Identifier: Apache-2.0
#include "validation/operation_cost.hpp"

#include "schema/inspect.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace mortise::graphql {

namespace {

constexpr std::uint64_t highestCost = std::uint64_t{1} << 63U;

std::uint64_t costSum(std::uint64_t left, std::uint64_t right) {
    return left > highestCost - right ? highestCost : left + right;
}

std::uint64_t costProduct(std::uint64_t left, std::uint64_t right) {
    if (left == 0 || right == 0) return 0;
    return left > highestCost / right ? highestCost : left * right;
}

} // namespace

OperationCost::OperationCost(const Schema& schema, const Document& document, const Resolution& resolution,
                             const Values* variables)
    : schema_(schema), document_(document), resolution_(resolution), variables_(variables) {}

std::uint64_t OperationCost::of(NodeId operation) {
    collectVariables(operation);
    costs_.assign(document_.size(), 0);
    states_.assign(resolution_.definitions().size(), State::unknown);
    costliest_ = noNode;
    const std::uint64_t cost = costOf(indexOf(operation));
    for (const NodeId root : document_.children(document_.child(operation, NodeKind::selectionSet))) {
        if (costliest_ == noNode || costs_[root] > costs_[costliest_]) costliest_ = root;
    }
    return cost;
}

// The fragments a definition spreads first; one that leads back to itself, which a valid document has not, adds
// nothing.
std::uint64_t OperationCost::costOf(std::uint32_t wanted) {
    const auto& definitions = resolution_.definitions();
    std::vector<Open> open{{wanted, definitions[wanted].spreads}};
    states_[wanted] = State::open;
    while (!open.empty()) {
        const std::uint32_t definition = open.back().definition;
        if (open.back().next == definitions[definition].spreadsEnd) {
            compute(definition);
            states_[definition] = State::known;
            open.pop_back();
            continue;
        }
        const NodeId spread = resolution_.spreads()[open.back().next++];
        const std::uint32_t fragment = resolution_.fragment(document_.name(spread));
        if (fragment == NameSet::none || states_[fragment] != State::unknown) continue;
        states_[fragment] = State::open;
        open.push_back({fragment, definitions[fragment].spreads});
    }
    return costs_[definitions[wanted].node];
}

// From the last node to the first: what is within a node has its cost before it. A selection set's is the sum of its
// selections', and so is that of what holds it.
void OperationCost::compute(std::uint32_t definition) {
    const NodeId first = resolution_.definitions()[definition].node;
    for (NodeId node = document_[first].end; node-- > first;) {
        std::uint64_t within = 0;
        switch (document_.kind(node)) {
        case NodeKind::selectionSet:
            for (const NodeId selection : document_.children(node)) within = costSum(within, costs_[selection]);
            costs_[node] = within;
            break;
        case NodeKind::fragmentSpread:
            if (resolution_[node].target != noNode) costs_[node] = costs_[resolution_[node].target];
            break;
        case NodeKind::field: {
            const NodeId set = document_.child(node, NodeKind::selectionSet);
            if (set != noNode) within = costProduct(costs_[set], itemsOf(node));
            const Field* const field = resolution_[node].field();
            costs_[node] = costSum(within, field == nullptr ? 1 : field->cost);
            break;
        }
        case NodeKind::inlineFragment:
        case NodeKind::fragmentDefinition:
        case NodeKind::operation:
            costs_[node] = costs_[document_.child(node, NodeKind::selectionSet)];
            break;
        default:
            break;
        }
    }
}

namespace {

std::uint64_t boundedSize(const Field& field, std::int64_t size) {
    return size < 0 ? field.assumedSize : std::min(static_cast<std::uint64_t>(size), std::uint64_t{field.maximumSize});
}

} // namespace

std::uint64_t OperationCost::itemsOf(NodeId node) const {
    const Field* const field = resolution_[node].field();
    if (field == nullptr || schema_[field->type.named].name.starts_with("__")) return 1;
    if (field->sizeArgument >= 0) return sizeOf(*field, node);
    return field->type.isList() ? field->assumedSize : 1;
}

std::uint64_t OperationCost::sizeOf(const Field& field, NodeId node) const {
    const InputValue& argument = field.arguments[static_cast<std::size_t>(field.sizeArgument)];
    std::int64_t size = 0;
    bool isGiven = false;
    for (const NodeId child : document_.children(node)) {
        if (document_.kind(child) != NodeKind::argument) break;
        if (document_.name(child) != argument.name) continue;
        isGiven = true;
        if (integerOf(child + 1, size)) return boundedSize(field, size);
    }
    const bool isAbsent = !isGiven || variables_ != nullptr;
    if (isAbsent && !argument.defaultValue.empty() && argument.defaultValue[0].kind == ValueKind::integer) {
        return boundedSize(field, argument.defaultValue[0].integer);
    }
    return field.assumedSize;
}

// False when the value is no integer, or a variable without one.
bool OperationCost::integerOf(NodeId literal, std::int64_t& value) const {
    if (document_.kind(literal) == NodeKind::variable) {
        const std::uint32_t place = names_.find(document_.name(literal));
        if (place == NameSet::none || !sizes_[place]) return false;
        value = *sizes_[place];
        return true;
    }
    if (document_.kind(literal) != NodeKind::intValue) return false;
    const std::string_view text = document_.rawValue(literal);
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

void OperationCost::collectVariables(NodeId operation) {
    names_.clear();
    sizes_.clear();
    const auto add = [this](std::string_view name, std::optional<std::int64_t> size) {
        if (names_.add(name) == sizes_.size()) sizes_.push_back(size);
    };
    if (variables_ != nullptr && !variables_->empty()) {
        const Values& values = *variables_;
        for (std::uint32_t i = 1; i < values[0].end; i = values[i].end) {
            add(values[i].name, values[i].kind == ValueKind::integer ? std::optional(values[i].integer) : std::nullopt);
        }
        return;
    }
    for (const NodeId definition : document_.children(operation)) {
        if (document_.kind(definition) != NodeKind::variableDefinition) break;
        const NodeId literal = document_.child(definition, NodeKind::intValue);
        std::int64_t value = 0;
        const bool isInteger = literal != noNode && integerOf(literal, value);
        add(document_.name(definition), isInteger ? std::optional(value) : std::nullopt);
    }
}

std::uint32_t OperationCost::indexOf(NodeId definition) const {
    const auto& definitions = resolution_.definitions();
    const auto found = std::lower_bound(definitions.begin(), definitions.end(), definition,
                                        [](const auto& one, NodeId node) { return one.node < node; });
    return static_cast<std::uint32_t>(found - definitions.begin());
}

std::optional<Error> checkCost(const Schema& schema, const Document& document, const Resolution& resolution,
                               NodeId operation, const Values* variables, std::uint64_t limit) {
    OperationCost cost(schema, document, resolution, variables);
    const std::uint64_t sum = cost.of(operation);
    if (sum <= limit) return std::nullopt;
    Error error;
    error.kind = ErrorKind::limit;
    error.message =
        "The operation costs too much: " + std::to_string(sum) + "; the limit is " + std::to_string(limit) + ".";
    const NodeId most = cost.costliest();
    if (most != noNode) {
        const NodeKind kind = document.kind(most);
        if (kind == NodeKind::field) {
            error.message += " The costliest is the field \"" + shortened(document.responseName(most)) + "\".";
        } else if (kind == NodeKind::fragmentSpread) {
            error.message += " The costliest is the fragment \"" + shortened(document.name(most)) + "\".";
        }
        error.offsets = {document[most].offset};
    }
    return error;
}

} // namespace mortise::graphql
