// SPDX-License-Identifier: Apache-2.0
#include "schema_example.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace mortise::openapi {
namespace {

std::size_t countAt(const Json& schema, std::string_view keyword, std::size_t otherwise) {
    const Json* const value = schema.find(keyword);
    return value != nullptr && value->kind() == Json::Kind::number ? std::strtoull(value->text().c_str(), nullptr, 10)
                                                                   : otherwise;
}

std::string_view typeOf(const Json& schema) {
    const Json* const type = schema.find("type");
    if (type == nullptr) return {};
    if (type->isString()) return type->text();
    for (const Json& item : type->items())
        if (item.text() != "null") return item.text();
    return {};
}

std::optional<Json> stringExample(const Json& schema) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> formats{{
        {"email", "ada@example.com"},
        {"uuid", "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"date-time", "2026-01-02T03:04:05.678Z"},
        {"date", "2026-01-02"},
        {"time", "03:04:05Z"},
        {"uri", "https://example.com/"},
        {"hostname", "example.com"},
        {"ipv4", "192.0.2.1"},
        {"ipv6", "2001:db8::1"},
        {"uri-reference", "/"},
    }};
    if (schema.find("pattern") != nullptr) return std::nullopt;
    if (const std::string_view format = schema.textAt("format"); !format.empty()) {
        const auto* const found =
            std::find_if(formats.begin(), formats.end(), [&](const auto& entry) { return entry.first == format; });
        if (found == formats.end()) return std::nullopt;
        return Json::string(found->second);
    }
    constexpr std::size_t longest = 100; // beyond it an example says nothing
    const std::size_t least = std::max(countAt(schema, "minLength", 0), countAt(schema, "x-minBytes", 0));
    if (least > longest) return std::nullopt;
    std::string text = "text";
    while (text.size() < least) text += " text";
    text.resize(std::max(least, std::min(text.size(), countAt(schema, "maxLength", text.size()))));
    return Json::string(text);
}

std::optional<Json> numberExample(const Json& schema) {
    for (const char* const keyword : {"exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
        if (schema.find(keyword) != nullptr) return std::nullopt;
    const Json* const least = schema.find("minimum");
    const Json* const most = schema.find("maximum");
    const bool small = most != nullptr && std::strtod(most->text().c_str(), nullptr) < 1;
    const bool large = least != nullptr && std::strtod(least->text().c_str(), nullptr) > 1;
    return large ? *least : small ? *most : Json::number("1");
}

std::optional<Json> arrayExample(const Json& schema) {
    const Json* const items = schema.find("items");
    Json array = Json::array();
    if (items == nullptr || countAt(schema, "maxItems", 1) == 0) return array;
    const std::optional<Json> item = exampleOf(*items);
    const std::size_t least = countAt(schema, "minItems", 0);
    if (!item || least > 1) return least == 0 ? std::optional<Json>(std::move(array)) : std::nullopt;
    return array.push(*item);
}

std::optional<Json> objectExample(const Json& schema) {
    Json object = Json::object();
    const auto isRequired = [&, required = schema.find("required")](std::string_view name) {
        return required != nullptr && std::any_of(required->items().begin(), required->items().end(),
                                                  [&](const Json& item) { return item.text() == name; });
    };
    const Json* const properties = schema.find("properties");
    if (properties == nullptr) return object;
    for (const Json::Member& property : properties->members()) {
        std::optional<Json> value = exampleOf(property.value);
        if (value)
            object.set(property.key, *std::move(value));
        else if (isRequired(property.key))
            return std::nullopt;
    }
    return object;
}

} // namespace

std::optional<Json> exampleOf(const Json& schema) {
    if (const Json* const examples = schema.find("examples"); examples != nullptr && !examples->items().empty())
        return examples->items().front();
    for (const char* const keyword : {"example", "const", "default"})
        if (const Json* const value = schema.find(keyword)) return *value;
    if (const Json* const values = schema.find("enum"); values != nullptr && !values->items().empty())
        return values->items().front();
    for (const char* const keyword :
         {"$ref", "allOf", "anyOf", "oneOf", "not", "if", "patternProperties", "prefixItems"})
        if (schema.find(keyword) != nullptr) return std::nullopt;
    const std::string_view type = typeOf(schema);
    if (type == "string") return stringExample(schema);
    if (type == "integer" || type == "number") return numberExample(schema);
    if (type == "boolean") return Json::boolean(true);
    if (type == "array") return arrayExample(schema);
    if (type == "object") return objectExample(schema);
    return std::nullopt;
}

} // namespace mortise::openapi
