// SPDX-License-Identifier: Apache-2.0
#include "validation/directive_rules.hpp"

#include <algorithm>

namespace mortise::graphql {

namespace {

std::string_view locationOf(const Document& document, NodeId holder) {
    switch (document.kind(holder)) {
    case NodeKind::operation:
        switch (static_cast<OperationKind>(document[holder].flags)) {
        case OperationKind::query:
            return "QUERY";
        case OperationKind::mutation:
            return "MUTATION";
        default:
            return "SUBSCRIPTION";
        }
    case NodeKind::field:
        return "FIELD";
    case NodeKind::fragmentSpread:
        return "FRAGMENT_SPREAD";
    case NodeKind::inlineFragment:
        return "INLINE_FRAGMENT";
    case NodeKind::fragmentDefinition:
        return "FRAGMENT_DEFINITION";
    default:
        return "VARIABLE_DEFINITION";
    }
}

// A directive that the document itself defines, which graphql-js then knows; noNode when it does not.
NodeId ownDefinition(const RuleContext& context, std::string_view name) {
    const Document& document = context.document;
    NodeId found = noNode;
    for (const NodeId definition : context.ownDefinitions()) {
        if (document.kind(definition) == NodeKind::directiveDefinition && document.name(definition) == name) {
            found = definition;
        }
    }
    return found;
}

bool mayStandAt(const RuleContext& context, NodeId directive, std::string_view location, bool& isKnown) {
    const Document& document = context.document;
    const Directive* const known = context.resolution[directive].directive();
    isKnown = true;
    if (known != nullptr) {
        return std::find(known->locations.begin(), known->locations.end(), location) != known->locations.end();
    }
    const NodeId own = ownDefinition(context, document.name(directive));
    isKnown = own != noNode;
    if (!isKnown) return false;
    for (const NodeId child : document.children(own)) {
        if (document.kind(child) == NodeKind::directiveLocation && document.name(child) == location) return true;
    }
    return false;
}

} // namespace

void checkKnownDirective(RuleContext& context, NodeId directive) {
    const std::string_view location = locationOf(context.document, context.resolution[directive].target);
    bool isKnown = false;
    if (mayStandAt(context, directive, location, isKnown)) return;
    const std::string name = "\"@" + shortened(context.document.name(directive)) + "\"";
    if (isKnown) {
        context.report("Directive " + name + " may not be used on " + std::string(location) + ".",
                       context.offset(directive));
    } else {
        context.report("Unknown directive " + name + ".", context.offset(directive));
    }
}

void checkUniqueDirectives(RuleContext& context, NodeId holder) {
    const Document& document = context.document;
    NodeId single = noNode;
    NameSet names;
    std::vector<std::uint32_t> offsets;
    const auto check = [&](NodeId node) {
        const Directive* const directive = context.resolution[node].directive();
        if (directive == nullptr || directive->repeatable) return;
        const std::uint32_t place = names.add(document.name(node));
        if (place == offsets.size()) {
            offsets.push_back(context.offset(node));
            return;
        }
        context.report("The directive \"@" + shortened(document.name(node)) +
                           "\" can only be used once at this location.",
                       {offsets[place], context.offset(node)});
    };
    for (const NodeId node : document.children(holder)) {
        if (document.kind(node) != NodeKind::directive) continue;
        if (single == noNode) {
            single = node;
            continue;
        }
        if (offsets.empty() && names.size() == 0) check(single);
        check(node);
    }
}

} // namespace mortise::graphql
