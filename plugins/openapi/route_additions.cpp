// SPDX-License-Identifier: Apache-2.0
#include "route_additions.hpp"

#include <algorithm>
#include <utility>

namespace mortise::openapi {
namespace {

bool isSameField(std::string_view one, std::string_view other) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

void addRequestField(RouteNote& note, const mortise::DocumentedField& field, const ReadSchema& readSchema) {
    if (!note.headers) note.headers = Json::object().set("type", "object");
    const Json* const known = note.headers->find("properties");
    Json properties = known != nullptr ? *known : Json::object();
    for (const Json::Member& one : properties.members())
        if (isSameField(one.key, field.name)) return;
    Json schema = readSchema(field.schema).value_or(Json::object().set("type", "string"));
    schema.setUnlessEmpty("description", field.text);
    note.headers->set("properties", properties.set(field.name, std::move(schema)));
    if (!field.required) return;
    const Json* const names = note.headers->find("required");
    Json required = names != nullptr ? *names : Json::array();
    note.headers->set("required", required.push(Json::string(field.name)));
}

void addField(std::vector<FieldNote>& fields, const mortise::DocumentedField& field, const ReadSchema& readSchema) {
    if (std::none_of(fields.begin(), fields.end(),
                     [&](const FieldNote& one) { return isSameField(one.name, field.name); }))
        fields.push_back({field.name, field.text, readSchema(field.schema)});
}

} // namespace

RouteAdditions::RouteAdditions(const mortise::Contributions<mortise::RouteDocumentation>& list) {
    for (const auto& one : list) {
        if (!one.methods.addTo)
            list.refuse(one, "it has no method 'addTo'");
        else
            all_.push_back({std::string(one.plugin), one.methods});
    }
}

void extend(RouteNote& note, const mortise::RouteAddition& addition, const ReadSchema& readSchema) {
    for (const mortise::DocumentedField& field : addition.requestFields) addRequestField(note, field, readSchema);
    for (ResponseNote& response : note.responses) {
        if (response.status >= 400) continue;
        for (const mortise::DocumentedField& field : addition.responseFields)
            addField(response.fields, field, readSchema);
    }
    for (const mortise::DocumentedError& error : addition.errors) {
        if (error.status < 400 || error.status > 599) continue;
        ResponseNote response{static_cast<std::uint32_t>(error.status), std::nullopt, error.message, {}, {}};
        response.schema = readSchema(mortise::detail::errorSchema);
        for (const mortise::DocumentedField& field : error.fields) addField(response.fields, field, readSchema);
        note.responses.push_back(std::move(response));
    }
}

} // namespace mortise::openapi
