// SPDX-License-Identifier: Apache-2.0
#include "schema/sdl_directive_rules.hpp"

#include "language/joined.hpp"
#include "language/printer.hpp"
#include "schema/name_rules.hpp"
#include "schema/standard_types.hpp"
#include "schema/suggestion_list.hpp"

#include <algorithm>
#include <utility>

namespace mortise::graphql {

namespace {

// Null for a node that has no place in SDL.
const char* locationOf(NodeKind kind, NodeKind parent) {
    switch (kind) {
    case NodeKind::schemaDefinition:
        return "SCHEMA";
    case NodeKind::scalarType:
        return "SCALAR";
    case NodeKind::objectType:
        return "OBJECT";
    case NodeKind::fieldDefinition:
        return "FIELD_DEFINITION";
    case NodeKind::interfaceType:
        return "INTERFACE";
    case NodeKind::unionType:
        return "UNION";
    case NodeKind::enumType:
        return "ENUM";
    case NodeKind::enumValueDefinition:
        return "ENUM_VALUE";
    case NodeKind::inputType:
        return "INPUT_OBJECT";
    case NodeKind::inputValueDefinition:
        return parent == NodeKind::inputType ? "INPUT_FIELD_DEFINITION" : "ARGUMENT_DEFINITION";
    default:
        return nullptr;
    }
}

template<typename Name>
bool holds(const std::vector<std::string>& names, const Name& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

SdlDirectiveRules::SdlDirectiveRules(const Document& document, std::vector<Error>& errors)
    : document_(document), errors_(errors) {
    for (const DirectiveDefinition& definition : standardDirectives()) learn(definition);
    for (const NodeId node : document.children(0))
        if (document.kind(node) == NodeKind::directiveDefinition) learn(node);
}

void SdlDirectiveRules::learn(const DirectiveDefinition& definition) {
    Known known{definition.repeatable, definition.locations, {}, {}};
    for (const InputValueDefinition& argument : definition.arguments) {
        known.arguments.push_back(argument.name);
        if (argument.type.ends_with('!') && !argument.defaultValue)
            known.required.emplace_back(argument.name, argument.type);
    }
    known_[definition.name] = std::move(known);
}

void SdlDirectiveRules::learn(NodeId definition) {
    Known known;
    known.repeatable = (document_[definition].flags & Node::isRepeatable) != 0;
    for (const NodeId below : document_.children(definition)) {
        const std::string name(document_.name(below));
        if (document_.kind(below) == NodeKind::directiveLocation) known.locations.push_back(name);
        if (document_.kind(below) != NodeKind::inputValueDefinition) continue;
        known.arguments.push_back(name);
        const NodeId type = document_.child(below, NodeKind::nonNullType);
        if (type != noNode && document_.defaultValue(below) == noNode)
            known.required.emplace_back(name, printNode(document_, type));
    }
    known_[std::string(document_.name(definition))] = std::move(known);
}

void SdlDirectiveRules::check() {
    std::vector<NodeId> around;
    for (NodeId node = 1; node < document_.size(); ++node) {
        while (!around.empty() && document_[around.back()].end <= node) around.pop_back();
        const NodeKind parent = around.empty() ? NodeKind::document : document_.kind(around.back());
        if (locationOf(document_.kind(node), parent) != nullptr) checkAppliedTo(node, parent);
        around.push_back(node);
    }
}

void SdlDirectiveRules::checkAppliedTo(NodeId node, NodeKind parent) {
    const NodeKind kind = document_.kind(node);
    const std::string location = locationOf(kind, parent);
    Seen here;
    Seen* seen = &here;
    if (kind == NodeKind::schemaDefinition) seen = &onSchema_;
    if (isTypeDefinition(kind)) seen = &onTypes_[document_.name(node)];
    for (const NodeId directive : document_.children(node)) {
        if (document_.kind(directive) != NodeKind::directive) continue;
        const std::string name(document_.name(directive));
        const auto found = known_.find(name);
        const Known* const known = found == known_.end() ? nullptr : &found->second;
        if (known == nullptr)
            report("Unknown directive \"@" + name + "\".", document_[directive].offset);
        else if (!holds(known->locations, location))
            report(joined({"Directive \"@", name, "\" may not be used on ", location, "."}),
                   document_[directive].offset);
        if (known != nullptr) checkUnique(directive, *known, *seen);
        checkArguments(directive, known);
    }
}

void SdlDirectiveRules::checkUnique(NodeId directive, const Known& known, Seen& seen) {
    if (known.repeatable) return;
    const auto [first, isNew] = seen.emplace(document_.name(directive), directive);
    if (isNew) return;
    report("The directive \"@" + std::string(first->first) + "\" can only be used once at this location.",
           document_[first->second].offset);
    errors_.back().offsets.push_back(document_[directive].offset);
}

void SdlDirectiveRules::checkArguments(NodeId directive, const Known* known) {
    const std::string name(document_.name(directive));
    std::vector<std::string_view> given;
    for (const NodeId argument : document_.children(directive)) {
        const std::string argumentName(document_.name(argument));
        if (known != nullptr && !holds(known->arguments, argumentName)) {
            const std::vector<std::string_view> options(known->arguments.begin(), known->arguments.end());
            report(joined({"Unknown argument \"", argumentName, "\" on directive \"@", name, "\".",
                           suggestion({}, argumentName, options)}),
                   document_[argument].offset);
        }
        // Once for a name, where it stands for the second time.
        if (std::count(given.begin(), given.end(), argumentName) == 1) {
            report("There can be only one argument named \"" + argumentName + "\".", noOffset);
            for (const NodeId same : document_.children(directive))
                if (document_.name(same) == argumentName) errors_.back().offsets.push_back(document_[same].name.offset);
        }
        given.push_back(document_.name(argument));
    }
    if (known == nullptr) return;
    for (const auto& [required, type] : known->required)
        if (std::find(given.begin(), given.end(), required) == given.end())
            report(joined({"Directive \"@", name, "\" argument \"", required, "\" of type \"", type,
                           "\" is required, but it was not provided."}),
                   document_[directive].offset);
}

void SdlDirectiveRules::report(std::string message, std::uint32_t offset) {
    errors_.push_back(schemaError(std::move(message), offset));
}

} // namespace mortise::graphql
