// SPDX-License-Identifier: Apache-2.0
#include "validation/value_rules.hpp"

#include "language/printer.hpp"
#include "schema/scalar_coercion.hpp"
#include "schema/suggestion_list.hpp"

namespace mortise::graphql {

namespace {

std::string unexpected(const RuleContext& context, TypeRef type, NodeId value) {
    return "Expected value of type " + quoted(context.schema.text(type)) + ", found " +
           shortened(printNode(context.document, value));
}

void checkLiteral(RuleContext& context, NodeId value, TypeRef type) {
    if (type.named == noType) return;
    std::string message;
    const Type& named = context.schema[type.named];
    if (named.isLeaf() && leafLiteralFits(named, context.document, value, context.options.suggestions, message)) return;
    if (message.empty()) message = unexpected(context, type, value) + ".";
    context.report(std::move(message), context.offset(value));
}

const InputValue* firstMissing(const RuleContext& context, NodeId object, const InputValue* from,
                               const std::vector<InputValue>& inputs) {
    for (const InputValue* input = from; input != inputs.data() + inputs.size(); ++input) {
        if (!input->isRequired()) continue;
        bool isGiven = false;
        for (const NodeId member : context.document.children(object)) {
            if (context.resolution[member].input() == input) isGiven = true;
        }
        if (!isGiven) return input;
    }
    return nullptr;
}

void checkOneOf(RuleContext& context, NodeId object, const Type& type) {
    NodeId last = noNode;
    bool isOne = true;
    for (const NodeId member : context.document.children(object)) {
        const NodeId first = context.resolution[member].target;
        isOne = isOne && first == object + 1;
        last = member;
    }
    if (last == noNode || !isOne) {
        context.report("OneOf Input Object " + quoted(type.name) + " must specify exactly one key.",
                       context.offset(object));
    } else if (context.document.kind(last + 1) == NodeKind::nullValue) {
        context.report("Field \"" + type.name + "." + shortened(context.document.name(last)) + "\" must be non-null.",
                       context.offset(object));
    }
}

bool checkObject(RuleContext& context, NodeId object) {
    const TypeRef at = context.resolution[object].type;
    if (at.named == noType || context.schema[at.named].kind != TypeKind::input) {
        checkLiteral(context, object, at);
        return false;
    }
    const Type& type = context.schema[at.named];
    const InputValue* missing = firstMissing(context, object, type.inputs.data(), type.inputs);
    while (missing != nullptr) {
        context.report("Field \"" + type.name + "." + missing->name + "\" of required type " +
                           quoted(context.schema.text(missing->type)) + " was not provided.",
                       context.offset(object));
        missing = firstMissing(context, object, missing + 1, type.inputs);
    }
    if (type.oneOf) checkOneOf(context, object, type);
    return true;
}

void checkMember(RuleContext& context, NodeId member) {
    if (context.resolution[member].input() != nullptr) return;
    const TypeId parent = context.resolution[member].parent;
    if (parent == noType) return;
    const Type& type = context.schema[parent];
    std::string message =
        "Field " + quoted(context.document.name(member)) + " is not defined by type " + quoted(type.name) + ".";
    if (context.options.suggestions) {
        std::vector<std::string_view> names;
        names.reserve(type.inputs.size());
        for (const InputValue& input : type.inputs) names.push_back(input.name);
        message += suggestion({}, context.document.name(member), names);
    }
    context.report(std::move(message), context.offset(member));
}

} // namespace

bool checkValue(RuleContext& context, NodeId value) {
    const TypeRef type = context.resolution[value].type;
    switch (context.document.kind(value)) {
    case NodeKind::variable:
        return true;
    case NodeKind::nullValue:
        if (type.named != noType && type.isNonNull()) {
            context.report(unexpected(context, type, value) + ".", context.offset(value));
        }
        return true;
    case NodeKind::listValue:
        if (type.named != noType && type.isList()) return true;
        checkLiteral(context, value, type.nullable());
        return false;
    case NodeKind::objectValue:
        return checkObject(context, value);
    case NodeKind::objectField:
        checkMember(context, value);
        return true;
    default:
        checkLiteral(context, value, type);
        return true;
    }
}

void checkUniqueMember(RuleContext& context, NodeId member) {
    const NodeId first = context.resolution[member].target;
    if (first == member) return;
    context.report("There can be only one input field named " + quoted(context.document.name(member)) + ".",
                   {context.nameOffset(first), context.nameOffset(member)});
}

} // namespace mortise::graphql
