// SPDX-License-Identifier: Apache-2.0
#include "schema/untyped_literal.hpp"

#include <charconv>
#include <limits>

namespace mortise::graphql {

namespace {

void appendNumber(std::string_view text, Value& value) {
    value.text = text;
    value.number = literalNumber(text);
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value.integer);
    value.kind = end.ec == std::errc{} && end.ptr == text.data() + text.size() ? ValueKind::integer : ValueKind::number;
}

} // namespace

double literalNumber(std::string_view text) {
    double number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{}) return number;
    // Out of range: too near zero, or too far from it.
    const std::size_t exponent = text.find_first_of("eE");
    const bool isSmall = exponent == std::string_view::npos ? text.starts_with("0.") || text.starts_with("-0.")
                                                            : text.substr(exponent + 1).starts_with('-');
    return isSmall ? 0 : std::numeric_limits<double>::infinity();
}

std::string_view literalString(const Document& document, NodeId literal, Values& out) {
    const bool isPlain = (document[literal].flags & Node::blockString) == 0 &&
                         document.rawValue(literal).find('\\') == std::string_view::npos;
    return isPlain ? document.rawValue(literal) : out.keep(document.stringValue(literal));
}

const Value* variableValue(const Values* variables, std::string_view name) {
    if (variables == nullptr || variables->empty()) return nullptr;
    return variables->member((*variables)[0], name);
}

void appendLiteral(const Document& document, NodeId literal, const Values* variables, Values& out,
                   std::string_view name) {
    Value value;
    value.name = name;
    switch (document.kind(literal)) {
    case NodeKind::variable:
        if (const Value* const given = variableValue(variables, document.name(literal))) {
            out.append(*variables, static_cast<std::uint32_t>(given - &(*variables)[0]), name);
            return;
        }
        break;
    case NodeKind::intValue:
    case NodeKind::floatValue:
        appendNumber(document.rawValue(literal), value);
        break;
    case NodeKind::booleanValue:
        value.kind = ValueKind::boolean;
        value.boolean = document.rawValue(literal) == "true";
        break;
    case NodeKind::stringValue:
        value.kind = ValueKind::string;
        value.text = literalString(document, literal, out);
        break;
    case NodeKind::enumValue:
        value.kind = ValueKind::string;
        value.text = document.rawValue(literal);
        break;
    case NodeKind::listValue: {
        const std::uint32_t list = out.begin(ValueKind::list, name);
        for (const NodeId item : document.children(literal)) appendLiteral(document, item, variables, out, {});
        out.end(list);
        return;
    }
    case NodeKind::objectValue: {
        const std::uint32_t object = out.begin(ValueKind::object, name);
        for (const NodeId member : document.children(literal)) {
            const NodeId given = member + 1;
            if (document.kind(given) == NodeKind::variable && variableValue(variables, document.name(given)) == nullptr)
                continue;
            appendLiteral(document, given, variables, out, document.name(member));
        }
        out.end(object);
        return;
    }
    default:
        break;
    }
    out.add(value);
}

} // namespace mortise::graphql
