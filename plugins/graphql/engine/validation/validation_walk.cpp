// SPDX-License-Identifier: Apache-2.0
#include "validation/validation_walk.hpp"

#include "validation/argument_rules.hpp"
#include "validation/directive_rules.hpp"
#include "validation/type_rules.hpp"
#include "validation/value_rules.hpp"

namespace mortise::graphql {

ValidationWalk::ValidationWalk(RuleContext& context)
    : context_(context),
      operations_(context),
      cycles_(context),
      variables_(context),
      overlapping_(context),
      introspection_(context) {}

void ValidationWalk::run() {
    const Document& document = context_.document;
    operations_.checkDefinitions();
    const auto end = static_cast<NodeId>(document.size());
    for (NodeId node = 1; node < end && !context_.isEnded();) {
        while (!open_.empty() && document[open_.back()].end <= node) {
            leave(open_.back());
            open_.pop_back();
        }
        enter(node);
        // A definition of the type system has been refused as a whole.
        node = open_.empty() && !Resolution::isExecutable(document.kind(node)) ? document[node].end : node + 1;
    }
    for (; !open_.empty(); open_.pop_back()) leave(open_.back());
    operations_.leaveDocument();
}

void ValidationWalk::enter(NodeId node) {
    switch (context_.document.kind(node)) {
    case NodeKind::operation:
        enterOperation(node);
        break;
    case NodeKind::fragmentDefinition:
        enterFragment(node);
        break;
    case NodeKind::variableDefinition:
        checkVariableType(context_, node);
        checkUniqueDirectives(context_, node);
        break;
    case NodeKind::namedType:
        if (!open_.empty()) checkKnownType(context_, node);
        break;
    case NodeKind::selectionSet:
        overlapping_.enterSelectionSet(node);
        break;
    case NodeKind::field:
        enterField(node);
        break;
    case NodeKind::fragmentSpread:
        checkKnownFragment(context_, node);
        checkPossibleSpread(context_, node);
        checkUniqueDirectives(context_, node);
        break;
    case NodeKind::inlineFragment:
        checkFragmentType(context_, node);
        checkPossibleInline(context_, node);
        checkUniqueDirectives(context_, node);
        break;
    case NodeKind::directive:
        enterDirective(node);
        break;
    case NodeKind::argument:
        if (context_.document.kind(context_.resolution[node].target) == NodeKind::field) {
            checkKnownArgument(context_, node);
        }
        break;
    case NodeKind::variable:
    case NodeKind::listType:
    case NodeKind::nonNullType:
        break;
    default:
        if (!open_.empty()) enterValue(node);
        break;
    }
}

void ValidationWalk::enterOperation(NodeId operation) {
    operations_.enterOperation(operation);
    variables_.enterOperation(operation);
    checkUniqueDirectives(context_, operation);
    open_.push_back(operation);
}

void ValidationWalk::enterFragment(NodeId fragment) {
    checkFragmentType(context_, fragment);
    operations_.enterFragment(fragment);
    cycles_.enterFragment(fragment);
    checkUniqueDirectives(context_, fragment);
    open_.push_back(fragment);
}

void ValidationWalk::enterField(NodeId field) {
    const Document& document = context_.document;
    NodeId selectionSet = noNode;
    bool hasDirectives = false;
    std::uint32_t arguments = 0;
    for (const NodeId child : document.children(field)) {
        switch (document.kind(child)) {
        case NodeKind::argument:
            ++arguments;
            break;
        case NodeKind::directive:
            hasDirectives = true;
            break;
        default:
            selectionSet = child;
        }
    }
    checkLeaf(context_, field, selectionSet);
    checkFieldIsDefined(context_, field);
    if (hasDirectives) checkUniqueDirectives(context_, field);
    if (arguments > 1) checkUniqueArguments(context_, field);
    if (field >= introspectionFrom_ && !introspection_.check(field)) introspectionFrom_ = document[field].end;
    if (!context_.options.introspection) checkNoIntrospection(context_, field);
    if (!isComplete(context_, field)) open_.push_back(field);
}

void ValidationWalk::enterDirective(NodeId directive) {
    checkKnownDirective(context_, directive);
    checkKnownDirectiveArguments(context_, directive);
    checkUniqueArguments(context_, directive);
    if (!isComplete(context_, directive)) open_.push_back(directive);
}

void ValidationWalk::enterValue(NodeId value) {
    if (value >= valuesFrom_ && !checkValue(context_, value)) valuesFrom_ = context_.document[value].end;
    if (context_.document.kind(value) == NodeKind::objectField) checkUniqueMember(context_, value);
}

void ValidationWalk::leave(NodeId node) {
    switch (context_.document.kind(node)) {
    case NodeKind::operation:
        variables_.leaveOperation(node);
        break;
    case NodeKind::field:
    case NodeKind::directive:
        checkRequiredArguments(context_, node);
        break;
    default:
        break;
    }
}

} // namespace mortise::graphql
