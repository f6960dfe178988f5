// SPDX-License-Identifier: Apache-2.0
#include "components.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::openapi {
namespace {

struct HostAnswer {
    std::uint32_t status;
    std::string_view name;
    std::string_view description;
    std::string_view sentence; // that the example bears
};

// A field of the host's own responses with that status.
struct StatusField {
    std::uint32_t status;
    std::string_view name;
    std::string_view text;
};

constexpr std::string_view again = "Seconds until it is worth another try";
constexpr std::array<StatusField, 3> statusFields{{
    {401, "WWW-Authenticate", "The scheme that is asked for"},
    {429, "Retry-After", again},
    {503, "Retry-After", again},
}};

constexpr std::array<HostAnswer, 9> hostAnswers{{
    {400, "BadRequest", "The request is malformed, or breaks a rule of its description", "Validation error"},
    {401, "Unauthorized", "There is no token, or it is not good", "No token provided"},
    {403, "Forbidden", "The caller may not do that", "Forbidden"},
    {404, "NotFound", "There is nothing at this address", "Route not found"},
    {413, "ContentTooLarge", "The body is too large", "The request body is too large"},
    {415, "UnsupportedMediaType", "The body is of another media type, or of none", "Unsupported media type"},
    {429, "TooManyRequests", "The caller's limit is used up, where there is one",
     "Too many requests, please try again later."},
    {500, "InternalServerError", "The server failed; its log says why", "Internal server error"},
    {503, "ServiceUnavailable", "The server is too busy, or about to stop", "Service unavailable"},
}};
constexpr HostAnswer otherErrors{0, "Error", "Any other error, of the request's form or of the server's",
                                 "Bad request"};

const HostAnswer* find(std::uint32_t status) noexcept {
    if (status == otherErrors.status) return &otherErrors;
    const auto* const found = std::find_if(hostAnswers.begin(), hostAnswers.end(),
                                           [&](const HostAnswer& answer) { return answer.status == status; });
    return found == hostAnswers.end() ? nullptr : found;
}

Json reference(std::string_view kind, std::string_view name) {
    return Json::object().set("$ref", std::string("#/components/").append(kind).append("/").append(name));
}

// Keywords whose value is a schema, an object of schemas, or an array of them.
enum class Holds { nothing, schema, map, list };

Holds holds(std::string_view keyword) noexcept {
    constexpr std::array<std::string_view, 11> schemas{"items",
                                                       "additionalProperties",
                                                       "not",
                                                       "if",
                                                       "then",
                                                       "else",
                                                       "contains",
                                                       "propertyNames",
                                                       "unevaluatedItems",
                                                       "unevaluatedProperties",
                                                       "contentSchema"};
    constexpr std::array<std::string_view, 4> maps{"properties", "patternProperties", "$defs", "dependentSchemas"};
    constexpr std::array<std::string_view, 4> lists{"allOf", "anyOf", "oneOf", "prefixItems"};
    const auto in = [&](const auto& list) { return std::find(list.begin(), list.end(), keyword) != list.end(); };
    return in(schemas) ? Holds::schema : in(maps) ? Holds::map : in(lists) ? Holds::list : Holds::nothing;
}

// The schema with change(subschema) in the place of each one directly below.
template<class Change>
Json mapped(const Json& schema, const Change& change) {
    Json out = schema;
    for (Json::Member& member : out.members()) {
        switch (holds(member.key)) {
        case Holds::schema:
            member.value = change(member.value);
            break;
        case Holds::map:
            for (Json::Member& entry : member.value.members()) entry.value = change(entry.value);
            break;
        case Holds::list:
            for (Json& item : member.value.items()) item = change(item);
            break;
        case Holds::nothing:
            break;
        }
    }
    return out;
}

bool pointsInside(const Json& schema) {
    if (schema.textAt("$ref").substr(0, 1) == "#") return true;
    bool found = false;
    static_cast<void>(mapped(schema, [&](const Json& below) {
        found = found || pointsInside(below);
        return below;
    }));
    return found;
}

// References within the schema lead to the component that it became.
Json redirected(const Json& schema, const std::string& component) {
    Json out = mapped(schema, [&](const Json& below) { return redirected(below, component); });
    const std::string_view target = out.textAt("$ref");
    if (target == "#" || target.substr(0, 2) == "#/")
        out.set("$ref", "#/components/schemas/" + component + std::string(target.substr(1)));
    return out;
}

std::string componentName(std::string_view title) {
    std::string name;
    for (const char c : title) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                          c == '-' || c == '.';
        name += good ? c : '_';
    }
    return name.empty() ? "Schema" : name;
}

// Takes "null" out of a list of types; false when it is not there.
bool takeNull(Json& schema) {
    const Json* const type = schema.find("type");
    if (type == nullptr || type->kind() != Json::Kind::array) return false;
    Json others = Json::array();
    for (const Json& item : type->items())
        if (item.text() != "null") others.push(item);
    if (others.items().size() == type->items().size()) return false;
    schema.set("type", others.items().size() == 1 ? others.items().front() : others);
    return true;
}

// `errors`: the schema of the details of a validation error, or null.
Json problemSchema(const Json* errors) {
    Json properties = Json::object();
    const auto add = [&](std::string_view name, std::string_view type, std::string_view text) {
        properties.set(name, Json::object().set("type", type).set("description", text));
    };
    add("type", "string", "about:blank");
    add("title", "string", "The status in words");
    add("status", "integer", "The status");
    add("detail", "string", "What is wrong");
    add("code", "string", "The same in one word, for programs");
    add("message", "string", "In development mode: what was thrown");
    add("position", "integer", "Of malformed JSON: the byte where it is");
    add("requestId", "string", "As in X-Request-Id and in the log");
    if (errors != nullptr) properties.set("errors", *errors);
    Json required = Json::array();
    for (const char* const name : {"type", "title", "status", "detail", "code", "requestId"})
        required.push(Json::string(name));
    return Json::object()
        .set("type", "object")
        .set("title", "Problem")
        .set("description", "RFC 9457, for clients whose Accept asks for it")
        .set("properties", std::move(properties))
        .set("required", std::move(required));
}

Json header(std::string_view text, const std::optional<Json>& schema = std::nullopt) {
    Json made = Json::object();
    if (!text.empty()) made.set("description", text);
    return made.set("schema", schema ? *schema : Json::object().set("type", "string"));
}

} // namespace

Components::Components(Json errorSchema) : error_(std::move(errorSchema)) {}

Json Components::withoutWriteOnly(const Json& schema) {
    Json out = mapped(schema, [](const Json& below) { return withoutWriteOnly(below); });
    const Json* const found = out.find("properties");
    if (found == nullptr) return out;
    Json properties = *found;
    Json required = out.find("required") != nullptr ? *out.find("required") : Json::array();
    for (const Json::Member& property : found->members()) {
        const Json* const hidden = property.value.find("writeOnly");
        if (hidden == nullptr || !hidden->isTrue()) continue;
        properties.erase(property.key);
        auto& names = required.items();
        names.erase(std::remove_if(names.begin(), names.end(), [&](const Json& n) { return n.text() == property.key; }),
                    names.end());
    }
    out.set("properties", std::move(properties));
    if (required.empty())
        out.erase("required");
    else
        out.set("required", std::move(required));
    return out;
}

std::string Components::keep(std::string_view title, const Json& source, Json placed) {
    const std::string wanted = componentName(title);
    std::string name = wanted;
    for (int number = 2;; ++number) {
        const auto found = sources_.find(name);
        if (found == sources_.end()) break;
        if (found->second == source) return name;
        name = wanted + std::to_string(number);
    }
    sources_.emplace(name, source);
    schemas_.set(name, std::move(placed));
    return name;
}

Json Components::place(const Json& schema) {
    if (!schema.isObject()) return schema;
    const bool inside = pointsInside(schema);
    if (!inside && schema.textAt("title").empty())
        return mapped(schema, [&](const Json& below) { return place(below); });
    // What the member says beyond the type stays beside the reference.
    Json core = schema;
    Json notes = Json::object();
    if (!inside) {
        for (const char* const note : {"description", "default", "examples", "deprecated", "readOnly", "writeOnly"}) {
            const Json* const value = core.find(note);
            if (value == nullptr) continue;
            notes.set(note, *value);
            core.erase(note);
        }
    }
    const bool nullable = takeNull(core);
    Json placed =
        nullable ? Json::object().set("oneOf", Json::array({placeTitled(core), Json::object().set("type", "null")}))
                 : placeTitled(core);
    for (const Json::Member& note : notes.members()) placed.set(note.key, note.value);
    return placed;
}

Json Components::placeTitled(const Json& schema) {
    const std::string title(schema.textAt("title"));
    const std::string name = keep(title, schema, {});
    // A component that is there already is not empty.
    if (schemas_.find(name)->isObject()) return reference("schemas", name);
    schemas_.set(name, pointsInside(schema) ? redirected(schema, name)
                                            : mapped(schema, [&](const Json& below) { return place(below); }));
    return reference("schemas", name);
}

Json Components::errorContent(std::uint32_t status, std::string_view sentence) {
    const Json id = Json::string("01890a5d-ac96-774b-bcce-b302099a8057");
    Json plain = Json::object().set("error", sentence);
    if (status == 400 && sentence == "Validation error")
        plain.set("details", Json::array({Json::object()
                                              .set("in", "body")
                                              .set("path", "/name")
                                              .set("code", "minLength")
                                              .set("message", "must be at least 2 characters long")}));
    plain.set("requestId", id);
    Json content = Json::object();
    const Json* const properties = error_.find("properties");
    content.set("application/json", Json::object().set("schema", place(error_)).set("example", std::move(plain)));
    content.set("application/problem+json",
                Json::object().set(
                    "schema", place(problemSchema(properties != nullptr ? properties->find("details") : nullptr))));
    return content;
}

std::optional<Json> Components::fieldsOf(std::uint32_t status, const std::vector<FieldNote>& declared) {
    Json fields = Json::object();
    for (const FieldNote& field : declared) fields.set(field.name, header(field.text, field.schema));
    for (const StatusField& field : statusFields)
        if (field.status == status && fields.find(field.name) == nullptr) fields.set(field.name, header(field.text));
    if (fields.empty()) return std::nullopt;
    return fields;
}

bool Components::hasHostAnswer(std::uint32_t status) noexcept {
    return find(status) != nullptr;
}

Json Components::hostAnswer(std::uint32_t status) {
    const HostAnswer& answer = *find(status);
    if (responses_.find(status) == responses_.end()) {
        Json response = Json::object().set("description", answer.description);
        if (std::optional<Json> fields = fieldsOf(status)) response.set("headers", *std::move(fields));
        response.set("content", errorContent(status, answer.sentence));
        responses_.emplace(status, std::move(response));
    }
    return reference("responses", answer.name);
}

Json Components::take() {
    Json components = Json::object();
    if (!schemas_.empty()) components.set("schemas", std::move(schemas_));
    if (!responses_.empty()) {
        Json responses = Json::object();
        for (auto& [status, response] : responses_) responses.set(find(status)->name, std::move(response));
        components.set("responses", std::move(responses));
    }
    if (bearer_)
        components.set("securitySchemes", Json::object().set("bearer", Json::object()
                                                                           .set("type", "http")
                                                                           .set("scheme", "bearer")
                                                                           .set("bearerFormat", "JWT")
                                                                           .set("description", "An access token")));
    return components;
}

std::string_view statusText(std::uint32_t status) noexcept {
    constexpr std::array<std::pair<std::uint32_t, std::string_view>, 33> texts{{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {203, "Non-Authoritative Information"},
        {204, "No Content"},
        {205, "Reset Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
    }};
    const auto* const found =
        std::find_if(texts.begin(), texts.end(), [&](const auto& entry) { return entry.first == status; });
    return found == texts.end() ? (status < 400 ? "Success" : "Error") : found->second;
}

} // namespace mortise::openapi
