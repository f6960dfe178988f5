// SPDX-License-Identifier: Apache-2.0
#include "validation/type_rules.hpp"

#include "schema/suggestion_list.hpp"

namespace mortise::graphql {

namespace {

// A type that the document itself defines.
bool definesType(const Document& document, NodeId definition) {
    return isTypeDefinition(document.kind(definition)) && document[definition].flags != Node::isExtension;
}

} // namespace

void checkKnownType(RuleContext& context, NodeId namedType) {
    const Document& document = context.document;
    const std::string_view name = document.name(namedType);
    if (context.schema.type(name) != noType) return;
    std::vector<std::string_view> known;
    for (const NodeId definition : context.ownDefinitions()) {
        if (!definesType(document, definition)) continue;
        if (document.name(definition) == name) return;
        if (context.schema.type(document.name(definition)) == noType) known.push_back(document.name(definition));
    }
    std::string message = "Unknown type " + quoted(name) + ".";
    if (context.options.suggestions) {
        for (const Type& type : context.schema.types()) known.push_back(type.name);
        message += suggestion({}, name, known);
    }
    context.report(std::move(message), context.offset(namedType));
}

void checkFragmentType(RuleContext& context, NodeId fragment) {
    const Document& document = context.document;
    const TypeId resolved = context.resolution[fragment].type.named;
    if (resolved != noType && context.schema[resolved].isComposite()) return;
    const NodeId condition = document.child(fragment, NodeKind::namedType);
    if (condition == noNode) return;
    const std::string_view name = document.name(condition);
    if (context.schema.type(name) == noType) return;
    std::string message = "Fragment ";
    if (document.kind(fragment) == NodeKind::fragmentDefinition) message += quoted(document.name(fragment)) + " ";
    context.report(message + "cannot condition on non composite type " + quoted(name) + ".", context.offset(condition));
}

void checkVariableType(RuleContext& context, NodeId definition) {
    const TypeRef type = context.resolution[definition].type;
    if (type.named == noType || context.schema[type.named].isInput()) return;
    context.report("Variable \"$" + shortened(context.document.name(definition)) + "\" cannot be non-input type " +
                       quoted(context.schema.text(type)) + ".",
                   context.offset(definition + 1));
}

void checkKnownFragment(RuleContext& context, NodeId spread) {
    if (context.resolution[spread].target != noNode) return;
    context.report("Unknown fragment " + quoted(context.document.name(spread)) + ".", context.nameOffset(spread));
}

namespace {

bool canMeet(const RuleContext& context, TypeId type, TypeId parent) {
    if (type == noType || parent == noType || type == parent || !context.schema[type].isComposite()) return true;
    return context.schema.overlap(type, parent);
}

std::string neverOfType(const RuleContext& context, TypeId type, TypeId parent) {
    return "cannot be spread here as objects of type " + quoted(context.schema[parent].name) +
           " can never be of type " + quoted(context.schema[type].name) + ".";
}

} // namespace

void checkPossibleInline(RuleContext& context, NodeId fragment) {
    const Resolved& resolved = context.resolution[fragment];
    if (canMeet(context, resolved.type.named, resolved.parent)) return;
    context.report("Fragment " + neverOfType(context, resolved.type.named, resolved.parent), context.offset(fragment));
}

void checkPossibleSpread(RuleContext& context, NodeId spread) {
    const Resolved& resolved = context.resolution[spread];
    if (resolved.target == noNode) return;
    const TypeId type = context.resolution[resolved.target].type.named;
    if (canMeet(context, type, resolved.parent)) return;
    context.report("Fragment " + quoted(context.document.name(spread)) + " " +
                       neverOfType(context, type, resolved.parent),
                   context.offset(spread));
}

} // namespace mortise::graphql
