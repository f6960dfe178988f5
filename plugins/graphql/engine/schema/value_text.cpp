// SPDX-License-Identifier: Apache-2.0
#include "schema/value_text.hpp"

#include "language/character_class.hpp"
#include "language/string_literal.hpp"
#include "schema/number_text.hpp"

#include <algorithm>
#include <string_view>

namespace mortise::graphql {

namespace {

bool isIntegerText(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || (text[0] == '0' && text.size() > 1)) return false;
    return std::all_of(text.begin(), text.end(), isDigit);
}

void printInto(const Schema& schema, const Values& values, std::uint32_t index, TypeRef type, std::string& out) {
    const Value& value = values[index];
    if (appendPlain(value, out)) return;
    if (value.kind == ValueKind::enumeration) {
        out += value.text;
        return;
    }
    if (value.kind == ValueKind::string) {
        const bool isId = schema[type.named].scalarKind == ScalarKind::id && isIntegerText(value.text);
        out += isId ? std::string(value.text) : printString(value.text);
        return;
    }
    const bool isList = value.kind == ValueKind::list;
    out += isList ? '[' : '{';
    for (std::uint32_t at = index + 1; at < value.end; at = values[at].end) {
        if (at != index + 1) out += ", ";
        TypeRef below = isList && type.isList() ? type.item() : type;
        if (!isList) {
            out.append(values[at].name) += ": ";
            if (const InputValue* const input = schema[type.named].input(values[at].name)) below = input->type;
        }
        printInto(schema, values, at, below, out);
    }
    out += isList ? ']' : '}';
}

} // namespace

bool appendPlain(const Value& value, std::string& out) {
    switch (value.kind) {
    case ValueKind::null:
        out += "null";
        return true;
    case ValueKind::boolean:
        out += value.boolean ? "true" : "false";
        return true;
    case ValueKind::integer:
        out += std::to_string(value.integer);
        return true;
    case ValueKind::number:
        out += numberText(value.number);
        return true;
    default:
        return false;
    }
}

std::string valueText(const Schema& schema, const Values& values, std::uint32_t index, TypeRef type) {
    std::string text;
    printInto(schema, values, index, type, text);
    return text;
}

} // namespace mortise::graphql
