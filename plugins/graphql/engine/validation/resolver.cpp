// SPDX-License-Identifier: Apache-2.0
#include "validation/resolver.hpp"

#include "schema/type_from_node.hpp"

namespace mortise::graphql {

Resolver::Resolver(const Schema& schema, const Document& document, Resolution& out)
    : schema_(schema), document_(document), out_(out), nodes_(out.nodes_) {}

void Resolver::run() {
    const auto size = static_cast<NodeId>(document_.size());
    nodes_.assign(size, Resolved{});
    if (size == 0) return;
    nameFragments();
    std::uint32_t next = 0;
    for (NodeId node = 1; node < size;) {
        const NodeKind kind = document_.kind(node);
        if (!Resolution::isExecutable(kind)) {
            node = document_[node].end;
            continue;
        }
        Resolution::Definition& definition = out_.definitions_[next++];
        definition.usages = static_cast<std::uint32_t>(out_.usages_.size());
        if (kind == NodeKind::operation) {
            nodes_[node].type.named = schema_.root(static_cast<OperationKind>(document_[node].flags));
        } else {
            nodes_[node].type = conditionOf(node);
        }
        const NodeId end = document_[node].end;
        open_.assign(1, node);
        for (++node; node < end; ++node) {
            while (document_[open_.back()].end <= node) open_.pop_back();
            resolveNode(node);
            if (document_[node].end != node + 1) open_.push_back(node);
        }
        definition.usagesEnd = static_cast<std::uint32_t>(out_.usages_.size());
    }
    if (!hasSpreads_) return;
    for (Resolution::Definition& definition : out_.definitions_) collectSpreads(definition);
}

void Resolver::nameFragments() {
    bool hasFragments = false;
    for (const NodeId node : document_.children(0)) {
        if (!Resolution::isExecutable(document_.kind(node))) continue;
        const auto index = static_cast<std::uint32_t>(out_.definitions_.size());
        out_.definitions_.push_back({.node = node, .canonical = index});
        if (document_.kind(node) != NodeKind::fragmentDefinition) continue;
        hasFragments = true;
        const std::uint32_t place = out_.fragmentNames_.add(document_.name(node));
        if (place == out_.fragments_.size()) out_.fragments_.push_back(index);
        out_.fragments_[place] = index;
    }
    if (!hasFragments) return;
    for (Resolution::Definition& definition : out_.definitions_) {
        if (document_.kind(definition.node) == NodeKind::fragmentDefinition) {
            definition.canonical = out_.fragment(document_.name(definition.node));
        }
    }
}

void Resolver::resolveNode(NodeId node) {
    const NodeId parent = open_.back();
    switch (document_.kind(node)) {
    case NodeKind::variableDefinition:
        nodes_[node].type = typeFromNode(schema_, document_, node + 1).value_or(TypeRef{});
        break;
    case NodeKind::selectionSet:
        resolveSelectionSet(node, parent);
        break;
    case NodeKind::field:
    case NodeKind::inlineFragment:
    case NodeKind::fragmentSpread:
        resolveSelection(node, parent);
        break;
    case NodeKind::directive:
        nodes_[node].definition = schema_.directive(document_.name(node));
        nodes_[node].target = parent;
        break;
    case NodeKind::argument:
        resolveArgument(node, parent);
        break;
    case NodeKind::objectField:
        resolveMember(node, parent);
        break;
    case NodeKind::namedType:
    case NodeKind::listType:
    case NodeKind::nonNullType:
        break;
    default:
        resolveValue(node, parent);
        break;
    }
}

void Resolver::resolveSelectionSet(NodeId node, NodeId owner) {
    Resolved& resolved = nodes_[node];
    resolved.target = owner;
    resolved.type.named = nodes_[owner].type.named;
    if (resolved.type.named != noType && schema_[resolved.type.named].isComposite()) {
        resolved.parent = resolved.type.named;
    }
}

void Resolver::resolveSelection(NodeId node, NodeId selectionSet) {
    Resolved& resolved = nodes_[node];
    resolved.parent = nodes_[selectionSet].parent;
    switch (document_.kind(node)) {
    case NodeKind::field:
        if (resolved.parent == noType) return;
        if (const Field* const field = schema_.selectable(resolved.parent, document_.name(node))) {
            resolved.definition = field;
            resolved.type = field->type;
        }
        return;
    case NodeKind::fragmentSpread: {
        hasSpreads_ = true;
        const std::uint32_t fragment = out_.fragment(document_.name(node));
        if (fragment != NameSet::none) resolved.target = out_.definitions_[fragment].node;
        return;
    }
    default:
        if (document_.child(node, NodeKind::namedType) == noNode) {
            resolved.type.named = nodes_[selectionSet].type.named;
        } else {
            resolved.type = conditionOf(node);
        }
    }
}

void Resolver::resolveArgument(NodeId node, NodeId owner) {
    Resolved& resolved = nodes_[node];
    resolved.target = owner;
    const std::string_view name = document_.name(node);
    if (document_.kind(owner) == NodeKind::directive && nodes_[owner].directive() != nullptr) {
        resolved.definition = nodes_[owner].directive()->argument(name);
    } else {
        // The arguments of an unknown directive are taken for those of the field around it, as graphql-js does.
        for (std::size_t i = open_.size(); i-- > 0;) {
            if (document_.kind(open_[i]) != NodeKind::field) continue;
            const Field* const field = nodes_[open_[i]].field();
            const std::int32_t index = field == nullptr ? -1 : field->argument(name);
            if (index >= 0) resolved.definition = &field->arguments[static_cast<std::size_t>(index)];
            break;
        }
    }
    if (resolved.input() != nullptr) resolved.type = resolved.input()->type;
}

void Resolver::resolveMember(NodeId node, NodeId object) {
    const TypeId type = nodes_[object].type.named;
    if (type == noType || schema_[type].kind != TypeKind::input) return;
    Resolved& resolved = nodes_[node];
    resolved.parent = type;
    resolved.definition = schema_[type].input(document_.name(node));
    if (resolved.input() != nullptr) resolved.type = resolved.input()->type;
}

void Resolver::resolveValue(NodeId node, NodeId holder) {
    const TypeRef around = nodes_[holder].type;
    TypeRef& type = nodes_[node].type;
    if (document_.kind(holder) == NodeKind::listValue) {
        type = around.nullable();
        if (type.isList()) type = type.item();
    } else if (document_.kind(holder) != NodeKind::variableDefinition ||
               (around.named != noType && schema_[around.named].isInput())) {
        type = around;
    }
    const NodeKind kind = document_.kind(node);
    if (kind == NodeKind::variable) addUsage(node, holder);
    if (kind == NodeKind::objectValue) nameMembers(node);
}

void Resolver::nameMembers(NodeId object) {
    if (document_[object].end == object + 1) return;
    names_.clear();
    std::vector<NodeId> first;
    for (const NodeId member : document_.children(object)) {
        const std::uint32_t place = names_.add(document_.name(member));
        if (place == first.size()) first.push_back(member);
        nodes_[member].target = first[place];
    }
}

void Resolver::addUsage(NodeId node, NodeId holder) {
    Resolution::Usage usage;
    usage.node = node;
    usage.type = nodes_[node].type;
    TypeRef around;
    if (document_.kind(holder) == NodeKind::listValue) {
        around = nodes_[holder].type;
    } else {
        const InputValue* const input = nodes_[holder].input();
        usage.hasDefault = input != nullptr && !input->defaultValue.empty();
        if (document_.kind(holder) == NodeKind::objectField) around = nodes_[open_[open_.size() - 2]].type;
    }
    if (around.named != noType && !around.isList() && !around.isNonNull() && schema_[around.named].oneOf) {
        usage.oneOf = around.named;
    }
    out_.usages_.push_back(usage);
}

void Resolver::collectSpreads(Resolution::Definition& definition) {
    definition.spreads = static_cast<std::uint32_t>(out_.spreads_.size());
    const NodeId outermost = document_.child(definition.node, NodeKind::selectionSet);
    if (outermost != noNode) pending_.push_back(outermost);
    while (!pending_.empty()) {
        const NodeId set = pending_.back();
        pending_.pop_back();
        for (const NodeId selection : document_.children(set)) {
            if (document_.kind(selection) == NodeKind::fragmentSpread) {
                out_.spreads_.push_back(selection);
                continue;
            }
            const NodeId inner = document_.child(selection, NodeKind::selectionSet);
            if (inner != noNode) pending_.push_back(inner);
        }
    }
    definition.spreadsEnd = static_cast<std::uint32_t>(out_.spreads_.size());
}

TypeRef Resolver::conditionOf(NodeId fragment) const {
    TypeRef type;
    type.named = schema_.type(document_.name(document_.child(fragment, NodeKind::namedType)));
    if (type.named != noType && schema_[type.named].kind == TypeKind::input) type.named = noType;
    return type;
}

} // namespace mortise::graphql
