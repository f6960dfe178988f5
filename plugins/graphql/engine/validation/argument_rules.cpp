// SPDX-License-Identifier: Apache-2.0
#include "validation/argument_rules.hpp"

#include "schema/suggestion_list.hpp"

namespace mortise::graphql {

namespace {

std::string argumentSuggestion(std::string_view name, const std::vector<InputValue>& arguments) {
    std::vector<std::string_view> names;
    names.reserve(arguments.size());
    for (const InputValue& argument : arguments) names.push_back(argument.name);
    return suggestion({}, name, names);
}

// Null when the schema knows no such field or directive.
const std::vector<InputValue>* argumentsOf(const RuleContext& context, NodeId holder) {
    const Resolved& resolved = context.resolution[holder];
    if (resolved.definition == nullptr) return nullptr;
    return context.document.kind(holder) == NodeKind::field ? &resolved.field()->arguments
                                                            : &resolved.directive()->arguments;
}

bool isGiven(const Document& document, NodeId holder, std::string_view name) {
    for (const NodeId argument : document.children(holder)) {
        if (document.kind(argument) != NodeKind::argument) return false;
        if (document.name(argument) == name) return true;
    }
    return false;
}

} // namespace

void checkKnownArgument(RuleContext& context, NodeId argument) {
    const Resolved& resolved = context.resolution[argument];
    const Resolved& holder = context.resolution[resolved.target];
    if (resolved.input() != nullptr || holder.definition == nullptr) return;
    const std::string_view name = context.document.name(argument);
    std::string message = "Unknown argument " + quoted(name) + " on field \"" + context.schema[holder.parent].name +
                          "." + holder.field()->name + "\".";
    if (context.options.suggestions) message += argumentSuggestion(name, holder.field()->arguments);
    context.report(std::move(message), context.offset(argument));
}

void checkKnownDirectiveArguments(RuleContext& context, NodeId directive) {
    const Directive* const known = context.resolution[directive].directive();
    if (known == nullptr) return;
    for (const NodeId argument : context.document.children(directive)) {
        if (context.resolution[argument].input() != nullptr) continue;
        const std::string_view name = context.document.name(argument);
        std::string message = "Unknown argument " + quoted(name) + " on directive \"@" + known->name + "\".";
        if (context.options.suggestions) message += argumentSuggestion(name, known->arguments);
        context.report(std::move(message), context.offset(argument));
    }
}

void checkUniqueArguments(RuleContext& context, NodeId holder) {
    const Document& document = context.document;
    NameSet names;
    std::uint32_t count = 0;
    for (const NodeId argument : document.children(holder)) {
        if (document.kind(argument) != NodeKind::argument) break;
        names.add(document.name(argument));
        ++count;
    }
    if (names.size() == count) return;
    std::vector<std::vector<std::uint32_t>> offsets(names.size());
    for (const NodeId argument : document.children(holder)) {
        if (document.kind(argument) != NodeKind::argument) break;
        offsets[names.find(document.name(argument))].push_back(context.nameOffset(argument));
    }
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        if (offsets[i].size() < 2) continue;
        context.report("There can be only one argument named " + quoted(names[i]) + ".", std::move(offsets[i]));
    }
}

bool isComplete(const RuleContext& context, NodeId holder) {
    const std::vector<InputValue>* const arguments = argumentsOf(context, holder);
    if (arguments == nullptr) return true;
    for (const InputValue& argument : *arguments) {
        if (argument.isRequired() && !isGiven(context.document, holder, argument.name)) return false;
    }
    return true;
}

void checkRequiredArguments(RuleContext& context, NodeId holder) {
    const std::vector<InputValue>* const arguments = argumentsOf(context, holder);
    if (arguments == nullptr) return;
    const bool isField = context.document.kind(holder) == NodeKind::field;
    for (const InputValue& argument : *arguments) {
        if (!argument.isRequired() || isGiven(context.document, holder, argument.name)) continue;
        const std::string name = shortened(context.document.name(holder));
        context.report((isField ? "Field \"" : "Directive \"@") + name + "\" argument " + quoted(argument.name) +
                           " of type " + quoted(context.schema.text(argument.type)) +
                           " is required, but it was not provided.",
                       context.offset(holder));
    }
}

} // namespace mortise::graphql
