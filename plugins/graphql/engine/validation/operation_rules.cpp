// SPDX-License-Identifier: Apache-2.0
#include "validation/operation_rules.hpp"

#include <utility>

namespace mortise::graphql {

namespace {

// Selections of a set that are still to be collected.
struct OpenSelections {
    NodeId next;
    NodeId end;
};

} // namespace

void OperationRules::checkDefinitions() {
    const Document& document = context_.document;
    for (const NodeId node : document.children(0)) {
        const NodeKind kind = document.kind(node);
        if (kind == NodeKind::operation) ++operations_;
        if (Resolution::isExecutable(kind)) continue;
        const std::string name =
            kind == NodeKind::schemaDefinition ? std::string("schema") : quoted(document.name(node));
        context_.report("The " + name + " definition is not executable.", context_.offset(node));
    }
}

void OperationRules::enterOperation(NodeId operation) {
    const Document& document = context_.document;
    const std::string_view name = document.name(operation);
    if (!name.empty() && operations_ > 1) {
        const std::uint32_t place = operationNames_.add(name);
        if (place == operationOffsets_.size()) {
            operationOffsets_.push_back(context_.nameOffset(operation));
        } else {
            context_.report("There can be only one operation named " + quoted(name) + ".",
                            {operationOffsets_[place], context_.nameOffset(operation)});
        }
    }
    if (name.empty() && operations_ > 1) {
        context_.report("This anonymous operation must be the only defined operation.", context_.offset(operation));
    }
    if (static_cast<OperationKind>(document[operation].flags) == OperationKind::subscription) {
        checkSubscription(operation);
    }
}

void OperationRules::enterFragment(NodeId fragment) {
    const std::string_view name = context_.document.name(fragment);
    const std::uint32_t place = fragmentNames_.add(name);
    if (place == fragmentOffsets_.size()) {
        fragmentOffsets_.push_back(context_.nameOffset(fragment));
    } else {
        context_.report("There can be only one fragment named " + quoted(name) + ".",
                        {fragmentOffsets_[place], context_.nameOffset(fragment)});
    }
}

void OperationRules::leaveDocument() {
    const auto& definitions = context_.resolution.definitions();
    if (operations_ == definitions.size()) return;
    const Document& document = context_.document;
    std::vector<bool> isUsed(definitions.size(), false);
    std::vector<std::uint32_t> pending;
    for (std::uint32_t i = 0; i < definitions.size(); ++i) {
        if (document.kind(definitions[i].node) == NodeKind::operation) pending.push_back(i);
    }
    while (!pending.empty()) {
        const Resolution::Definition& definition = definitions[pending.back()];
        pending.pop_back();
        for (std::uint32_t i = definition.spreads; i < definition.spreadsEnd; ++i) {
            const std::uint32_t fragment =
                context_.resolution.fragment(document.name(context_.resolution.spreads()[i]));
            if (fragment == NameSet::none || isUsed[fragment]) continue;
            isUsed[fragment] = true;
            pending.push_back(fragment);
        }
    }
    for (const Resolution::Definition& definition : definitions) {
        if (document.kind(definition.node) != NodeKind::fragmentDefinition || isUsed[definition.canonical]) continue;
        context_.report("Fragment " + quoted(document.name(definition.node)) + " is never used.",
                        context_.offset(definition.node));
    }
}

void OperationRules::checkSubscription(NodeId operation) {
    const Document& document = context_.document;
    const Resolution& resolution = context_.resolution;
    const TypeId root = resolution[operation].type.named;
    if (root == noType) return;
    // What is noted for each definition is work, too.
    constexpr std::size_t definitionsAStep = 1'024;
    const auto steps = static_cast<std::uint32_t>(resolution.definitions().size() / definitionsAStep);
    if (!context_.spend(steps, context_.offset(operation))) return;
    NameSet names;
    std::vector<std::vector<NodeId>> fields;
    std::vector<bool> isVisited(resolution.definitions().size(), false);
    std::vector<OpenSelections> open;
    const auto enter = [&](NodeId holder) {
        const NodeId set = document.child(holder, NodeKind::selectionSet);
        if (set != noNode) open.push_back({set + 1, document[set].end});
    };
    enter(operation);
    while (!open.empty()) {
        if (open.back().next == open.back().end) {
            open.pop_back();
            continue;
        }
        const NodeId selection = std::exchange(open.back().next, document[open.back().next].end);
        if (!context_.spend(1 + document.childCount(selection) / 8, context_.offset(operation))) return;
        if (isLeftOut(selection)) continue;
        switch (document.kind(selection)) {
        case NodeKind::field: {
            const std::uint32_t place = names.add(document.responseName(selection));
            if (place == fields.size()) fields.emplace_back();
            fields[place].push_back(selection);
            break;
        }
        case NodeKind::inlineFragment:
            if (document.child(selection, NodeKind::namedType) == noNode ||
                isOfType(resolution[selection].type.named, root)) {
                enter(selection);
            }
            break;
        default: {
            const std::uint32_t fragment = resolution.fragment(document.name(selection));
            if (fragment == NameSet::none || isVisited[fragment]) break;
            isVisited[fragment] = true;
            const NodeId definition = resolution.definitions()[fragment].node;
            if (isOfType(resolution[definition].type.named, root)) enter(definition);
            break;
        }
        }
    }
    const std::string_view name = document.name(operation);
    const std::string subject = name.empty() ? std::string("Anonymous Subscription") : "Subscription " + quoted(name);
    if (fields.size() > 1) {
        std::vector<std::uint32_t> offsets;
        for (std::size_t i = 1; i < fields.size(); ++i) {
            for (const NodeId field : fields[i]) offsets.push_back(context_.offset(field));
        }
        context_.report(subject + " must select only one top level field.", std::move(offsets));
    }
    for (const std::vector<NodeId>& same : fields) {
        if (!document.name(same.front()).starts_with("__")) continue;
        std::vector<std::uint32_t> offsets;
        offsets.reserve(same.size());
        for (const NodeId field : same) offsets.push_back(context_.offset(field));
        context_.report(subject + " must not select an introspection top level field.", std::move(offsets));
    }
}

// By a constant @skip or @include; what a variable decides stays.
bool OperationRules::isLeftOut(NodeId selection) const {
    const Document& document = context_.document;
    for (const NodeId directive : document.children(selection)) {
        if (document.kind(directive) != NodeKind::directive) continue;
        const bool isSkip = document.name(directive) == "skip";
        if (!isSkip && document.name(directive) != "include") continue;
        for (const NodeId argument : document.children(directive)) {
            const NodeId value = argument + 1;
            if (document.name(argument) == "if" && document.kind(value) == NodeKind::booleanValue &&
                (document.rawValue(value) == "true") == isSkip) {
                return true;
            }
        }
    }
    return false;
}

bool OperationRules::isOfType(TypeId condition, TypeId type) const {
    if (condition == type) return true;
    return condition != noType && context_.schema[condition].isAbstract() &&
           context_.schema.isPossible(condition, type);
}

} // namespace mortise::graphql
