// SPDX-License-Identifier: Apache-2.0
#include "schema/untyped_literal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace mortise::graphql {

namespace {

void appendNumber(std::string_view text, Value& value) {
    value.text = text;
    value.number = literalNumber(text);
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value.integer);
    value.kind = end.ec == std::errc{} && end.ptr == text.data() + text.size() ? ValueKind::integer : ValueKind::number;
}

// Of a number that is out of a double's range: whether it is too near zero, not too far from it. The power of ten of
// its first digit says so, which is far from zero then.
bool isTooSmall(std::string_view text) {
    const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
    const auto point = static_cast<std::int64_t>(std::min(text.find('.'), mark));
    const auto first = static_cast<std::int64_t>(text.find_first_of("123456789"));
    std::string_view digits = text.substr(std::min(mark + 1, text.size()));
    const bool isNegative = digits.starts_with('-');
    if (digits.starts_with('+') || isNegative) digits.remove_prefix(1);
    std::int64_t exponent = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec == std::errc::result_out_of_range)
        return isNegative;
    return point - first + (isNegative ? -exponent : exponent) < 0;
}

} // namespace

double literalNumber(std::string_view text) {
    double number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{}) return number;
    return isTooSmall(text) ? 0 : std::numeric_limits<double>::infinity();
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
