// SPDX-License-Identifier: Apache-2.0
#include "schema/scalar_coercion.hpp"

#include "language/printer.hpp"
#include "schema/inspect.hpp"
#include "schema/number_text.hpp"
#include "schema/suggestion_list.hpp"
#include "schema/untyped_literal.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace mortise::graphql {

namespace {

constexpr double smallestInt = std::numeric_limits<std::int32_t>::min();
constexpr double largestInt = std::numeric_limits<std::int32_t>::max();

Value made(ValueKind kind, std::string_view name) {
    Value value;
    value.kind = kind;
    value.name = name;
    return value;
}

void addInteger(Values& out, std::int64_t integer, std::string_view text, std::string_view name) {
    Value value = made(ValueKind::integer, name);
    value.integer = integer;
    value.number = static_cast<double>(integer);
    value.text = text;
    out.add(value);
}

void addNumber(Values& out, double number, std::string_view text, std::string_view name) {
    Value value = made(ValueKind::number, name);
    value.number = number;
    value.text = text;
    out.add(value);
}

void addString(Values& out, std::string_view text, std::string_view name) {
    Value value = made(ValueKind::string, name);
    value.text = text;
    out.add(value);
}

void addBoolean(Values& out, bool boolean, std::string_view name) {
    Value value = made(ValueKind::boolean, name);
    value.boolean = boolean;
    out.add(value);
}

void addEnumValue(Values& out, const Type& type, std::uint32_t at, std::string_view name) {
    Value value = made(ValueKind::enumeration, name);
    value.integer = at;
    value.text = type.values[at].name;
    out.add(value);
}

std::string enumSuggestion(const Type& type, std::string_view given) {
    std::vector<std::string_view> names;
    names.reserve(type.values.size());
    for (const EnumValue& value : type.values) names.push_back(value.name);
    return suggestion("the enum value", given, names);
}

bool isNumeric(const Value& value) {
    return value.kind == ValueKind::integer || value.kind == ValueKind::number;
}

bool isWhole(const Value& value) {
    return value.kind == ValueKind::integer ||
           (value.kind == ValueKind::number && std::isfinite(value.number) && std::trunc(value.number) == value.number);
}

double numberOf(const Value& value) {
    return value.kind == ValueKind::integer ? static_cast<double>(value.integer) : value.number;
}

bool coerceEnum(const Type& type, const Values& in, std::uint32_t index, bool suggestions, Values& out,
                std::string_view name, std::string& message) {
    const Value& value = in[index];
    if (value.kind != ValueKind::string) {
        const std::string shown = inspect(in, index);
        message = "Enum \"" + type.name + "\" cannot represent non-string value: " + shown + ".";
        if (suggestions) message += enumSuggestion(type, shown);
        return false;
    }
    const std::uint32_t at = type.inputIndex.find(value.text);
    if (at == NameIndex::none) {
        message = "Value \"" + shortened(value.text) + "\" does not exist in \"" + type.name + "\" enum.";
        if (suggestions) message += enumSuggestion(type, value.text);
        return false;
    }
    addEnumValue(out, type, at, name);
    return true;
}

bool coerceCustom(const Type& type, const Values& in, std::uint32_t index, bool isLiteral, Values& out,
                  std::string_view name, std::string& message) {
    if (type.scalar == nullptr) {
        out.append(in, index, name);
        return true;
    }
    const Value& value = in[index];
    if (value.kind == ValueKind::list || value.kind == ValueKind::object) return false;
    return type.scalar->coerce(value, isLiteral, out, name, message);
}

bool enumLiteralFits(const Type& type, const Document& document, NodeId literal, bool suggestions, Values* out,
                     std::string_view name, std::string& message) {
    const bool isEnum = document.kind(literal) == NodeKind::enumValue;
    const std::uint32_t at = isEnum ? type.inputIndex.find(document.rawValue(literal)) : NameIndex::none;
    if (at != NameIndex::none) {
        if (out != nullptr) addEnumValue(*out, type, at, name);
        return true;
    }
    const std::string shown = shortened(printNode(document, literal));
    message = isEnum ? "Value \"" + shown + "\" does not exist in \"" + type.name + "\" enum."
                     : "Enum \"" + type.name + "\" cannot represent non-enum value: " + shown + ".";
    if (suggestions) message += enumSuggestion(type, shown);
    return false;
}

bool intLiteralFits(const Document& document, NodeId literal, Values* out, std::string_view name,
                    std::string& message) {
    if (document.kind(literal) != NodeKind::intValue) {
        message = "Int cannot represent non-integer value: " + shortened(printNode(document, literal));
        return false;
    }
    const std::string_view text = document.rawValue(literal);
    std::int32_t integer = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), integer).ec != std::errc{}) {
        message = "Int cannot represent non 32-bit signed integer value: " + shortened(text);
        return false;
    }
    if (out != nullptr) addInteger(*out, integer, text, name);
    return true;
}

bool floatLiteralFits(const Document& document, NodeId literal, Values* out, std::string_view name,
                      std::string& message) {
    const NodeKind kind = document.kind(literal);
    const double number = kind == NodeKind::floatValue || kind == NodeKind::intValue
                              ? literalNumber(document.rawValue(literal))
                              : std::numeric_limits<double>::infinity();
    if (!std::isfinite(number)) {
        message = "Float cannot represent non numeric value: " + shortened(printNode(document, literal));
        return false;
    }
    if (out != nullptr) addNumber(*out, number, document.rawValue(literal), name);
    return true;
}

// A number beyond the range of a double is no value of any scalar: no response could hold it.
bool hasFiniteNumbers(const Document& document, NodeId literal) {
    for (NodeId node = literal; node < document[literal].end; ++node) {
        const NodeKind kind = document.kind(node);
        if ((kind == NodeKind::intValue || kind == NodeKind::floatValue) &&
            !std::isfinite(literalNumber(document.rawValue(node))))
            return false;
    }
    return true;
}

bool literalFits(const Type& type, const Document& document, NodeId literal, bool suggestions, Values* out,
                 std::string_view name, std::string& message) {
    const NodeKind kind = document.kind(literal);
    if (type.kind == TypeKind::enumeration)
        return enumLiteralFits(type, document, literal, suggestions, out, name, message);
    switch (type.scalarKind) {
    case ScalarKind::integer:
        return intLiteralFits(document, literal, out, name, message);
    case ScalarKind::number:
        return floatLiteralFits(document, literal, out, name, message);
    case ScalarKind::string:
        if (kind == NodeKind::stringValue) {
            if (out != nullptr) addString(*out, literalString(document, literal, *out), name);
            return true;
        }
        message = "String cannot represent a non string value: ";
        break;
    case ScalarKind::boolean:
        if (kind == NodeKind::booleanValue) {
            if (out != nullptr) addBoolean(*out, document.rawValue(literal) == "true", name);
            return true;
        }
        message = "Boolean cannot represent a non boolean value: ";
        break;
    case ScalarKind::id:
        if (kind == NodeKind::stringValue || kind == NodeKind::intValue) {
            if (out != nullptr)
                addString(*out,
                          kind == NodeKind::intValue ? document.rawValue(literal)
                                                     : literalString(document, literal, *out),
                          name);
            return true;
        }
        message = "ID cannot represent a non-string and non-integer value: ";
        break;
    case ScalarKind::custom:
        return true;
    }
    message += shortened(printNode(document, literal));
    return false;
}

} // namespace

bool coerceLeaf(const Type& type, const Values& in, std::uint32_t index, bool suggestions, Values& out,
                std::string_view name, std::string& message) {
    if (type.kind == TypeKind::enumeration) return coerceEnum(type, in, index, suggestions, out, name, message);
    const Value& value = in[index];
    switch (type.scalarKind) {
    case ScalarKind::integer:
        if (!isWhole(value)) {
            message = "Int cannot represent non-integer value: ";
            break;
        }
        if (numberOf(value) < smallestInt || numberOf(value) > largestInt) {
            message = "Int cannot represent non 32-bit signed integer value: ";
            break;
        }
        addInteger(out, static_cast<std::int64_t>(numberOf(value)), value.text, name);
        return true;
    case ScalarKind::number:
        if (isNumeric(value) && std::isfinite(numberOf(value))) {
            addNumber(out, numberOf(value), value.text, name);
            return true;
        }
        message = "Float cannot represent non numeric value: ";
        break;
    case ScalarKind::string:
        if (value.kind == ValueKind::string) {
            addString(out, value.text, name);
            return true;
        }
        message = "String cannot represent a non string value: ";
        break;
    case ScalarKind::boolean:
        if (value.kind == ValueKind::boolean) {
            addBoolean(out, value.boolean, name);
            return true;
        }
        message = "Boolean cannot represent a non boolean value: ";
        break;
    case ScalarKind::id:
        if (value.kind == ValueKind::string || isWhole(value)) {
            // Integers of 64 bits stay exact, which in graphql-js they do not beyond 2^53.
            addString(out,
                      value.kind == ValueKind::string    ? value.text
                      : value.kind == ValueKind::integer ? out.keep(std::to_string(value.integer))
                                                         : out.keep(numberText(value.number)),
                      name);
            return true;
        }
        message = "ID cannot represent value: ";
        break;
    case ScalarKind::custom:
        return coerceCustom(type, in, index, false, out, name, message);
    }
    message += inspect(in, index);
    return false;
}

bool coerceLeafLiteral(const Type& type, const Document& document, NodeId literal, const Values* variables,
                       bool suggestions, Values& out, std::string_view name, std::string& message) {
    if (type.scalarKind != ScalarKind::custom || type.kind == TypeKind::enumeration)
        return literalFits(type, document, literal, suggestions, &out, name, message);
    if (!hasFiniteNumbers(document, literal)) return false;
    if (type.scalar == nullptr) {
        appendLiteral(document, literal, variables, out, name);
        return true;
    }
    Values literalValue;
    literalValue.limitTo(out.maximum());
    appendLiteral(document, literal, variables, literalValue, name);
    const std::uint32_t at = out.size();
    if (literalValue.isExceeded() || !coerceCustom(type, literalValue, 0, true, out, name, message)) return false;
    // The literal's own copy of a text goes with `literalValue`.
    for (std::uint32_t i = at; i < out.size(); ++i) out[i].text = out.keep(std::string(out[i].text));
    return true;
}

bool leafLiteralFits(const Type& type, const Document& document, NodeId literal, bool suggestions,
                     std::string& message) {
    if (type.scalar == nullptr) return literalFits(type, document, literal, suggestions, nullptr, {}, message);
    Values ignored;
    return coerceLeafLiteral(type, document, literal, nullptr, suggestions, ignored, {}, message);
}

} // namespace mortise::graphql
