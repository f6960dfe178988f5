// SPDX-License-Identifier: Apache-2.0
#include "given_values.hpp"

#include "schema/number_text.hpp"

#include <Poco/JSON/JSONException.h>
#include <Poco/JSON/Parser.h>
#include <Poco/JSONString.h>

namespace mortise::graphql::shell {

namespace {

void append(const Poco::Dynamic::Var& given, Values& out, std::string_view name) {
    Value value;
    value.name = name;
    if (given.type() == typeid(Poco::JSON::Object::Ptr)) {
        const auto& object = given.extract<Poco::JSON::Object::Ptr>();
        const std::uint32_t begun = out.begin(ValueKind::object, name);
        for (const std::string& key : object->getNames()) append(object->get(key), out, out.keep(key));
        out.end(begun);
        return;
    }
    if (given.type() == typeid(Poco::JSON::Array::Ptr)) {
        const std::uint32_t begun = out.begin(ValueKind::list, name);
        for (const Poco::Dynamic::Var& item : *given.extract<Poco::JSON::Array::Ptr>()) append(item, out, {});
        out.end(begun);
        return;
    }
    if (given.isString()) {
        value.kind = ValueKind::string;
        value.text = out.keep(given.extract<std::string>());
    } else if (given.isBoolean()) {
        value.kind = ValueKind::boolean;
        value.boolean = given.convert<bool>();
    } else if (given.isInteger()) {
        value.kind = ValueKind::integer;
        value.integer = given.convert<std::int64_t>();
        value.number = static_cast<double>(value.integer);
    } else if (given.isNumeric()) {
        value.kind = ValueKind::number;
        value.number = given.convert<double>();
    }
    out.add(value);
}

} // namespace

Values valuesOfJson(const std::string& json) {
    Poco::JSON::Parser parser(new Poco::JSON::ParseHandler(true));
    Values values;
    append(parser.parse(json), values, {});
    return values;
}

std::string jsonOf(const Values& values, std::uint32_t index) {
    const Value& value = values[index];
    switch (value.kind) {
    case ValueKind::null:
        return "null";
    case ValueKind::boolean:
        return value.boolean ? "true" : "false";
    case ValueKind::integer:
        return std::to_string(value.integer);
    case ValueKind::number:
        return numberText(value.number);
    case ValueKind::string:
    case ValueKind::enumeration:
        return Poco::toJSON(std::string(value.text));
    case ValueKind::list:
    case ValueKind::object:
        break;
    }
    const bool isList = value.kind == ValueKind::list;
    std::string json(1, isList ? '[' : '{');
    for (std::uint32_t at = index + 1; at < value.end; at = values[at].end) {
        if (at != index + 1) json += ',';
        if (!isList) json += Poco::toJSON(std::string(values[at].name)) + ":";
        json += jsonOf(values, at);
    }
    return json += isList ? ']' : '}';
}

} // namespace mortise::graphql::shell
