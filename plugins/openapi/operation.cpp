// SPDX-License-Identifier: Apache-2.0
#include "operation.hpp"

#include "schema_example.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mortise::openapi {
namespace {

bool isType(const Json& schema, std::string_view wanted) {
    const Json* const type = schema.find("type");
    if (type == nullptr) return false;
    if (type->isString()) return type->text() == wanted;
    return std::any_of(type->items().begin(), type->items().end(), [&](const Json& t) { return t.text() == wanted; });
}

bool isRequired(const Json& schema, std::string_view name) {
    const Json* const required = schema.find("required");
    return required != nullptr && std::any_of(required->items().begin(), required->items().end(),
                                              [&](const Json& item) { return item.text() == name; });
}

// OpenAPI says these elsewhere and ignores them as parameters (section 4.8.12.2 of 3.1).
bool isIgnoredHeader(std::string name) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return name == "accept" || name == "content-type" || name == "authorization";
}

// One parameter; what the schema says of it in words moves out of the schema.
Json parameter(std::string_view name, std::string_view in, Json schema, bool required) {
    Json made = Json::object().set("name", name).set("in", in);
    if (const std::string text(schema.textAt("description")); !text.empty()) {
        made.set("description", text);
        schema.erase("description");
    }
    if (required) made.set("required", Json::boolean(true));
    if (const Json* const deprecated = schema.find("deprecated")) {
        made.set("deprecated", *deprecated);
        schema.erase("deprecated");
    }
    if (in == "query" && isType(schema, "object")) made.set("style", "deepObject").set("explode", Json::boolean(true));
    const Json* const examples = schema.find("examples");
    const std::optional<Json> example = examples != nullptr && !examples->items().empty()
                                            ? std::optional<Json>(examples->items().front())
                                            : std::nullopt;
    schema.erase("examples");
    made.set("schema", std::move(schema));
    if (example) made.set("example", *example);
    return made;
}

// The members of a schema with references inside are looked up in the component that it becomes.
Json memberSchema(const Json& whole, std::string_view name, const Json& member, Components& components) {
    if (const Json placed = components.request(whole); placed.find("$ref") != nullptr && whole.textAt("title").empty())
        return Json::object().set("$ref", std::string(placed.textAt("$ref")).append("/properties/").append(name));
    return components.request(member);
}

void addParameters(Json& list, const std::optional<Json>& schema, std::string_view in, Components& components) {
    const Json* const properties = schema ? schema->find("properties") : nullptr;
    if (properties == nullptr) return;
    Json untitled = *schema;
    untitled.erase("title");
    for (const Json::Member& property : properties->members()) {
        if (in == "header" && isIgnoredHeader(property.key)) continue;
        list.push(parameter(property.key, in, memberSchema(untitled, property.key, property.value, components),
                            isRequired(*schema, property.key)));
    }
}

Json pathParameters(const RouteNote& route, const PathTemplate& path, Components& components) {
    Json list = Json::array();
    const std::vector<std::string> own = pathTemplate(route.pattern).names;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const Json* const properties = route.path ? route.path->find("properties") : nullptr;
        const Json* const described = properties != nullptr ? properties->find(own[i]) : nullptr;
        Json schema = Json::object().set("type", "string");
        if (described != nullptr) {
            Json untitled = *route.path;
            untitled.erase("title");
            schema = memberSchema(untitled, own[i], *described, components);
        }
        if (path.hasRest && i + 1 == own.size() && schema.textAt("description").empty())
            schema.set("description", "The rest of the path, which may contain slashes");
        list.push(parameter(path.names[i], "path", std::move(schema), true));
    }
    return list;
}

Json media(const Json& schema, Json placed) {
    Json made = Json::object().set("schema", std::move(placed));
    if (std::optional<Json> example = exampleOf(schema)) made.set("example", *std::move(example));
    return made;
}

// In forms objects are written a[b]=c.
void sayHowNested(Json& form, const Json& schema) {
    const Json* const properties = schema.find("properties");
    if (properties == nullptr) return;
    Json encoding = Json::object();
    for (const Json::Member& property : properties->members())
        if (isType(property.value, "object"))
            encoding.set(property.key, Json::object().set("style", "deepObject").set("explode", Json::boolean(true)));
    if (!encoding.empty()) form.set("encoding", std::move(encoding));
}

bool isText(std::string_view mediaType) noexcept {
    return mediaType.substr(0, 5) == "text/";
}

// Of bytes that no schema describes; an absent schema says "any bytes".
Json bytesOf(std::string_view mediaType) {
    Json made = Json::object();
    if (isText(mediaType)) made.set("schema", Json::object().set("type", "string"));
    return made;
}

std::optional<Json> bodyOf(const RouteNote& route, Components& components) {
    Json content = Json::object();
    if (route.body) {
        Json json = media(*route.body, components.request(*route.body));
        Json form = json;
        sayHowNested(form, *route.body);
        if (route.multipart) {
            content.set("multipart/form-data", std::move(form));
        } else {
            content.set("application/json", std::move(json));
            if (route.forms) content.set("application/x-www-form-urlencoded", std::move(form));
        }
    } else if (route.multipart) {
        content.set("multipart/form-data", Json::object().set("schema", Json::object().set("type", "object")));
    } else if (route.rawBody) {
        for (const std::string& type : route.bodyMediaTypes) content.set(type, bytesOf(type));
        if (content.empty()) content.set("*/*", Json::object());
    }
    if (content.empty()) return std::nullopt;
    Json body = Json::object();
    if (!route.bodyOptional) body.set("required", Json::boolean(true));
    return body.set("content", std::move(content));
}

// The one shape of errors, also as an older or newer SDK describes it.
bool isErrorShape(const std::optional<Json>& schema) {
    const Json* const properties = schema && schema->textAt("title") == "Error" ? schema->find("properties") : nullptr;
    return properties != nullptr && properties->find("error") != nullptr && properties->find("requestId") != nullptr;
}

Json declaredResponse(const ResponseNote& response, Components& components) {
    const bool isError = response.status >= 400 && isErrorShape(response.schema);
    if (isError && response.message.empty() && response.fields.empty() && Components::hasHostAnswer(response.status))
        return components.hostAnswer(response.status);
    const std::string text(response.message.empty() ? statusText(response.status) : std::string_view(response.message));
    Json made = Json::object().set("description", text);
    if (std::optional<Json> fields = Components::fieldsOf(response.status, response.fields))
        made.set("headers", *std::move(fields));
    if (isError) return made.set("content", components.errorContent(response.status, text));
    if (response.schema) {
        const Json visible = Components::withoutWriteOnly(*response.schema);
        made.set("content", Json::object().set(response.mediaType.empty() ? "application/json" : response.mediaType,
                                               media(visible, components.answer(visible))));
    } else if (!response.mediaType.empty()) {
        made.set("content", Json::object().set(response.mediaType, bytesOf(response.mediaType)));
    }
    return made;
}

// What the host answers by itself before the handler runs, or in its place.
std::vector<std::uint32_t> hostStatuses(const RouteNote& route, bool hasBody) {
    std::vector<std::uint32_t> statuses;
    if (route.body || route.multipart || route.query || route.headers || route.cookies) statuses.push_back(400);
    if (route.caller != RouteNote::Caller::anyone) statuses.push_back(401);
    if (!route.role.empty()) statuses.push_back(403);
    if (route.path) statuses.push_back(404);
    if (hasBody) statuses.push_back(413);
    if (route.body || route.multipart) statuses.push_back(415);
    statuses.insert(statuses.end(), {429, 500, 503});
    return statuses;
}

// One media type of a response that is declared twice: either shape, without an example of one of them only.
Json alternatives(const Json& first, const Json& second, const char* keyword) {
    const Json* const one = first.find("schema");
    const Json* const other = second.find("schema");
    if (one == nullptr || other == nullptr) return Json::object(); // any bytes
    if (*one == *other) return first;
    Json list = Json::array();
    if (const Json* const several = one->find(keyword))
        list = *several;
    else
        list.push(*one);
    if (std::find(list.items().begin(), list.items().end(), *other) == list.items().end()) list.push(*other);
    return Json::object().set("schema", Json::object().set(keyword, std::move(list)));
}

// A further response with the same status: its header fields, its media types, and its shapes.
void join(Json& response, const Json& further, const char* keyword) {
    if (const Json* const fields = further.find("headers")) {
        const Json* const known = response.find("headers");
        Json all = known != nullptr ? *known : Json::object();
        for (const Json::Member& one : fields->members())
            if (all.find(one.key) == nullptr) all.set(one.key, one.value);
        response.set("headers", std::move(all));
    }
    const Json* const content = further.find("content");
    if (content == nullptr) return;
    const Json* const there = response.find("content");
    Json all = there != nullptr ? *there : Json::object();
    for (const Json::Member& one : content->members()) {
        const Json* const same = all.find(one.key);
        all.set(one.key, same != nullptr ? alternatives(*same, one.value, keyword) : one.value);
    }
    response.set("content", std::move(all));
}

void joinText(Json& response, const Json& further) {
    const std::string_view one = response.textAt("description");
    const std::string_view other = further.textAt("description");
    if (one != other) response.set("description", std::string(one).append("; ").append(other));
}

Json responsesOf(const RouteNote& route, bool hasBody, Components& components) {
    std::map<std::uint32_t, Json> declared;
    for (const ResponseNote& response : route.responses) {
        Json made = declaredResponse(response, components);
        const auto [place, isNew] = declared.try_emplace(response.status, made);
        if (isNew) continue;
        const bool wasHosts = place->second.find("$ref") != nullptr;
        if (wasHosts) std::swap(place->second, made);
        // A reference has nothing beside it: what it leads to is said here, too.
        if (made.find("$ref") != nullptr) {
            if (place->second.find("$ref") != nullptr) continue;
            made = Json::object().set("content", components.errorContent(response.status, statusText(response.status)));
        }
        join(place->second, made, "oneOf");
        if (!wasHosts && !response.message.empty()) joinText(place->second, made);
    }
    const bool succeeds = !declared.empty() && declared.begin()->first < 400;
    for (const std::uint32_t status : hostStatuses(route, hasBody)) {
        const auto found = declared.find(status);
        if (found == declared.end())
            declared.emplace(status, components.hostAnswer(status));
        else if (found->second.find("$ref") == nullptr)
            join(found->second, Json::object().set("content", components.errorContent(status, statusText(status))),
                 "anyOf"); // the host may respond so before the route does
    }
    Json responses = Json::object();
    if (!succeeds)
        responses.set("2XX", Json::object()
                                 .set("description", "Success; the route does not say how that looks")
                                 .set("content", Json::object().set("*/*", Json::object())));
    for (auto& [status, response] : declared) responses.set(std::to_string(status), std::move(response));
    return responses.set("default", components.hostAnswer(Components::anyError));
}

Json securityOf(const RouteNote& route, Components& components) {
    Json security = Json::array();
    if (route.caller == RouteNote::Caller::anyone) return security;
    components.needBearer();
    if (route.caller == RouteNote::Caller::optional) security.push(Json::object());
    return security.push(Json::object().set("bearer", Json::array()));
}

} // namespace

Json operationOf(const RouteNote& route, const PathTemplate& path, Components& components) {
    Json operation = Json::object();
    operation.set("summary", route.summary.empty() ? route.method + " " + path.text : route.summary);
    operation.setUnlessEmpty("description", route.description);
    Json tags = Json::array();
    for (const std::string& tag : route.tags) tags.push(Json::string(tag));
    operation.set("tags", std::move(tags));
    if (route.deprecated) operation.set("deprecated", Json::boolean(true));
    Json parameters = pathParameters(route, path, components);
    addParameters(parameters, route.query, "query", components);
    addParameters(parameters, route.headers, "header", components);
    addParameters(parameters, route.cookies, "cookie", components);
    if (!parameters.empty()) operation.set("parameters", std::move(parameters));
    std::optional<Json> body = bodyOf(route, components);
    const bool hasBody = body.has_value();
    if (body) operation.set("requestBody", *std::move(body));
    operation.set("responses", responsesOf(route, hasBody, components));
    operation.set("security", securityOf(route, components));
    // OpenAPI 3.1 has a place for roles in the requirement, but what reads documents wants them declared as scopes
    // there.
    if (!route.role.empty()) operation.set("x-required-role", Json::string(route.role));
    return operation;
}

} // namespace mortise::openapi
