// SPDX-License-Identifier: Apache-2.0
#include "host/route.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "json/schema_lookup.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::size_t maxParameters = 16; // as in the grammar
constexpr std::size_t maxPattern = 2048;

constexpr std::array<std::pair<std::string_view, http::Method>, 7> methods{{{"GET", http::Method::get},
                                                                            {"HEAD", http::Method::head},
                                                                            {"POST", http::Method::post},
                                                                            {"PUT", http::Method::put},
                                                                            {"DELETE", http::Method::delete_},
                                                                            {"OPTIONS", http::Method::options},
                                                                            {"PATCH", http::Method::patch}}};

bool isNameStart(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isName(std::string_view name) noexcept {
    return !name.empty() && isNameStart(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return isNameStart(c) || (c >= '0' && c <= '9'); });
}

std::optional<base::Fault> compile(mortise_view schema, std::string_view which, std::optional<json::Schema>& out) {
    if (schema.size == 0) return std::nullopt;
    json::Schema compiled;
    if (const auto fault = json::Schema::compile(text(schema), compiled))
        return base::Fault{std::string(which) + " schema at '" + fault->pointer + "': " + fault->message};
    out = std::move(compiled);
    return std::nullopt;
}

Elements<mortise_route_response> responsesOf(const mortise_route& declared) noexcept {
    return {declared.responses, declared.response_count, declared.response_size};
}

Elements<mortise_route_field> fieldsOf(const mortise_route_response& response) noexcept {
    return {response.fields, response.field_count, response.field_size};
}

Route::Notes takeNotes(const mortise_route& declared) {
    Route::Notes notes;
    notes.bodySchema = text(declared.body_schema);
    notes.querySchema = text(declared.query_schema);
    notes.pathSchema = text(declared.path_schema);
    notes.headerSchema = text(declared.header_schema);
    notes.cookieSchema = text(declared.cookie_schema);
    notes.bodyMediaTypes = text(declared.body_media_types);
    notes.summary = text(declared.summary);
    notes.description = text(declared.description);
    notes.operationId = text(declared.operation_id);
    notes.tags = text(declared.tags);
    for (const mortise_route_response response : responsesOf(declared)) {
        notes.responses.push_back({response.status,
                                   std::string(text(response.schema)),
                                   std::string(text(response.message)),
                                   std::string(text(response.media_type)),
                                   {}});
        for (const mortise_route_field field : fieldsOf(response))
            notes.responses.back().fields.push_back(
                {std::string(text(field.name)), std::string(text(field.text)), std::string(text(field.schema))});
    }
    return notes;
}

std::string quoted(std::string_view text) {
    return "'" + base::printable(text) + "'";
}

// Field and cookie names are tokens (RFC 9110 section 5.6.2); ours of fields are in lower case.
bool isToken(std::string_view name) noexcept {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return isNameStart(c) || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^`|~").find(c) != std::string_view::npos;
    });
}

// A member that no request can have is a mistake: what it asks for never comes.
std::optional<base::Fault> checkMembers(const std::optional<json::Schema>& schema, std::string_view which,
                                        const std::function<std::string(std::string_view name)>& faultOf) {
    if (!schema) return std::nullopt;
    const json::SchemaLookup lookup(schema->program());
    for (const std::string_view name : lookup.members(json::SchemaLookup::root)) {
        std::string fault = faultOf(name);
        const std::uint8_t types = lookup.types(lookup.member(json::SchemaLookup::root, name));
        if (fault.empty() && (types & ~json::types::null) == json::types::object)
            fault = "is an object, which no text can be";
        if (!fault.empty())
            return base::Fault{std::string(which) + " schema: the member " + quoted(name) + " " + fault};
    }
    return std::nullopt;
}

std::optional<base::Fault> checkNames(const Route& route) {
    if (auto fault = checkMembers(route.path, "path", [&](std::string_view name) {
            const bool isThere =
                std::find(route.parameters.begin(), route.parameters.end(), name) != route.parameters.end();
            return isThere ? std::string()
                           : "is no parameter of the pattern" + base::didYouMean(name, route.parameters);
        }))
        return fault;
    if (auto fault = checkMembers(route.headers, "header", [](std::string_view name) -> std::string {
            if (!isToken(name)) return "is not the name of a header field";
            const bool isLower = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
            return isLower ? "" : "is not in lower case, in which the names of header fields come";
        }))
        return fault;
    return checkMembers(route.cookies, "cookie", [](std::string_view name) -> std::string {
        return isToken(name) ? "" : "is not the name of a cookie";
    });
}

std::optional<base::Fault> checkIdempotent(const Route& route) {
    if (route.method != http::Method::post && route.method != http::Method::patch)
        return base::Fault{"an idempotent route is one of POST or PATCH: whoever repeats other methods needs no key"};
    if (route.placement == MORTISE_PLACEMENT_LOOP)
        return base::Fault{"an idempotent route writes, which its handler never does where it is placed: on an event "
                           "loop, without a worker to run it again"};
    if (route.takesFiles()) return base::Fault{"an idempotent route is not multipart: files are not compared"};
    if ((route.flags & MORTISE_ROUTE_NO_TRANSFORM) != 0)
        return base::Fault{"responses with secrets (no transform) are not kept, so that the route is not idempotent"};
    return std::nullopt;
}

// What a route says that means nothing for it.
std::optional<base::Fault> checkUse(const Route& route, const mortise_route& declared) {
    const auto has = [&](std::uint32_t flag) { return (route.flags & flag) != 0; };
    const bool isRaw = has(MORTISE_ROUTE_RAW_BODY);
    if (route.body && isRaw) return base::Fault{"a raw body has no schema"};
    if (route.takesFiles() && isRaw) return base::Fault{"a body is raw or multipart, not both"};
    if (route.body && route.body->takesFiles() && !route.takesFiles())
        return base::Fault{"the body's schema has files (format: binary), which only a multipart route takes"};
    if (route.takesForms() && (!route.body || route.takesFiles()))
        return base::Fault{"forms are taken beside JSON, by a route with a body schema that is not multipart"};
    if (has(MORTISE_ROUTE_BODY_OPTIONAL) && !route.takesBody())
        return base::Fault{"the body is said to be optional, but there is none"};
    if (route.bodyLimit != 0 && !route.takesBody()) return base::Fault{"there is a body limit, but no body"};
    if (declared.body_media_types.size != 0 && !isRaw)
        return base::Fault{"media types are named, but the body is not raw"};
    if (has(MORTISE_ROUTE_REJECT_UNKNOWN) && !route.body && !route.query)
        return base::Fault{"unknown members are to be rejected, but there is no schema of a body or a query"};
    if (has(MORTISE_ROUTE_NUL_IN_BODY) && !route.body)
        return base::Fault{"U+0000 in the body is left to the handler, but there is no schema of a body"};
    if (has(MORTISE_ROUTE_IDEMPOTENT)) return checkIdempotent(route);
    return std::nullopt;
}

std::optional<base::Fault> checkFields(const mortise_route_response& response) {
    const std::string which = "a response of status " + std::to_string(response.status);
    const auto fields = fieldsOf(response);
    if (!fields.valid())
        return base::Fault{which + ": field_size " + std::to_string(response.field_size) +
                           " is not sizeof(mortise_route_field), or there are no fields"};
    std::vector<std::string> names;
    for (const mortise_route_field field : fields) {
        std::string name = base::lowerAscii(text(field.name));
        const std::string what = which + ": the header field " + quoted(text(field.name));
        if (!isToken(name)) return base::Fault{what + " has no name that a field can have"};
        if (name == "content-type") return base::Fault{what + " is documented by the media type"};
        if (std::find(names.begin(), names.end(), name) != names.end())
            return base::Fault{what + " is documented twice"};
        names.push_back(std::move(name));
        std::optional<json::Schema> ignored;
        if (auto fault = compile(field.schema, what + ": its", ignored)) return fault;
    }
    return std::nullopt;
}

std::optional<base::Fault> checkResponses(const mortise_route& declared) {
    const auto responses = responsesOf(declared);
    if (!responses.valid())
        return base::Fault{"response_size " + std::to_string(declared.response_size) +
                           " is not sizeof(mortise_route_response), or there are no responses"};
    for (const mortise_route_response response : responses) {
        if (response.status < 200 || response.status > 599)
            return base::Fault{"a response is documented with the status " + std::to_string(response.status)};
        const bool hasBody = response.schema.size != 0 || response.media_type.size != 0;
        if (hasBody && (response.status == 204 || response.status == 205 || response.status == 304))
            return base::Fault{"a response of status " + std::to_string(response.status) +
                               " is documented with a body, which it never has"};
        if (auto fault = checkFields(response)) return fault;
    }
    return std::nullopt;
}

} // namespace

std::optional<http::Method> methodFromText(std::string_view text) noexcept {
    for (const auto& [name, method] : methods)
        if (name == text) return method;
    return std::nullopt;
}

std::string_view methodText(http::Method method) noexcept {
    for (const auto& [name, known] : methods)
        if (known == method) return name;
    return "TRACE";
}

std::string Route::describe() const {
    return std::string(methodText(method)) + " " + pattern;
}

void Route::show(mortise_route_visitor visitor, void* visitorContext) const {
    std::vector<mortise_route_field> fields;
    for (const Response& response : notes.responses)
        for (const Field& field : response.fields)
            fields.push_back({view(field.name), view(field.text), view(field.schema)});
    std::vector<mortise_route_response> given;
    const mortise_route_field* next = fields.data();
    for (const Response& response : notes.responses) {
        const auto count = static_cast<std::uint32_t>(response.fields.size());
        given.push_back({response.status, 0, view(response.schema), view(response.message), view(response.mediaType),
                         next, count, sizeof(mortise_route_field)});
        next += count;
    }
    mortise_route shown{};
    shown.struct_size = sizeof shown;
    shown.flags = flags;
    shown.placement = placement;
    shown.authentication = authentication;
    shown.method = view(methodText(method));
    shown.pattern = view(pattern);
    shown.role = view(role);
    shown.body_schema = view(notes.bodySchema);
    shown.query_schema = view(notes.querySchema);
    shown.path_schema = view(notes.pathSchema);
    shown.summary = view(notes.summary);
    shown.tags = view(notes.tags);
    shown.body_limit = bodyLimit;
    shown.responses = given.data();
    shown.response_count = static_cast<std::uint32_t>(given.size());
    shown.response_size = sizeof(mortise_route_response);
    shown.header_schema = view(notes.headerSchema);
    shown.cookie_schema = view(notes.cookieSchema);
    shown.description = view(notes.description);
    shown.operation_id = view(notes.operationId);
    shown.body_media_types = view(notes.bodyMediaTypes);
    visitor(visitorContext, &shown, view(owner->name()));
}

base::Outcome<std::vector<std::string>> parsePattern(std::string_view pattern) {
    if (pattern.empty() || pattern.front() != '/') return base::Fault{"a pattern starts with '/'"};
    if (pattern.size() > maxPattern) return base::Fault{"a pattern has at most 2048 bytes"};
    std::vector<std::string> names;
    std::size_t at = 1;
    while (at <= pattern.size()) {
        std::size_t end = pattern.find('/', at);
        if (end == std::string_view::npos) end = pattern.size();
        const std::string_view segment = pattern.substr(at, end - at);
        if (!segment.empty() && (segment.front() == ':' || segment.front() == '*')) {
            const std::string name(segment.substr(1));
            if (!isName(name)) return base::Fault{"'" + std::string(segment) + "' is not a parameter name"};
            if (segment.front() == '*' && end != pattern.size())
                return base::Fault{"'" + std::string(segment) + "' is not the last segment"};
            if (std::find(names.begin(), names.end(), name) != names.end())
                return base::Fault{"the parameter '" + name + "' is there twice"};
            names.push_back(name);
        } else if (segment.find_first_of("?#%") != std::string_view::npos ||
                   std::any_of(segment.begin(), segment.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; })) {
            return base::Fault{"'" + base::printable(segment) + "' is not literal text of a path"};
        } else if (segment == "." || segment == "..") {
            return base::Fault{"dot segments are never matched"};
        }
        at = end + 1;
    }
    if (names.size() > maxParameters) return base::Fault{"a pattern has at most 16 parameters"};
    return names;
}

base::Outcome<Route> makeRoute(const mortise_route& declared, Instance& owner) {
    Route route;
    route.owner = &owner;
    if ((declared.flags & ~knownRouteFlags) != 0)
        return base::Fault{"unknown route flag " + std::to_string(declared.flags & ~knownRouteFlags)};
    if (declared.placement > MORTISE_PLACEMENT_DATABASE_READ)
        return base::Fault{"unknown placement " + std::to_string(declared.placement)};
    if (declared.authentication > MORTISE_AUTHENTICATION_REQUIRED)
        return base::Fault{"unknown authentication need " + std::to_string(declared.authentication)};
    if (declared.handle == nullptr) return base::Fault{"no handler"};
    const auto method = methodFromText(text(declared.method));
    if (!method) return base::Fault{"unknown method '" + base::printable(text(declared.method)) + "'"};
    auto parameters = parsePattern(text(declared.pattern));
    if (!parameters)
        return base::Fault{"pattern '" + base::printable(text(declared.pattern)) + "': " + parameters.fault()};

    route.method = *method;
    route.pattern = text(declared.pattern);
    route.parameters = std::move(parameters).value();
    route.flags = declared.flags;
    route.placement = declared.placement;
    route.authentication = declared.authentication;
    route.role = text(declared.role);
    if (!route.role.empty() && route.authentication != MORTISE_AUTHENTICATION_REQUIRED)
        return base::Fault{"a role needs required authentication"};
    if (auto fault = compile(declared.body_schema, "body", route.body)) return *fault;
    if (auto fault = compile(declared.query_schema, "query", route.query)) return *fault;
    if (auto fault = compile(declared.path_schema, "path", route.path)) return *fault;
    if (auto fault = compile(declared.header_schema, "header", route.headers)) return *fault;
    if (auto fault = compile(declared.cookie_schema, "cookie", route.cookies)) return *fault;
    route.bodyLimit = declared.body_limit;
    if (auto fault = checkNames(route)) return *fault;
    if (auto fault = checkUse(route, declared)) return *fault;
    if (auto fault = checkResponses(declared)) return *fault;
    route.notes = takeNotes(declared);
    route.handle = declared.handle;
    route.context = declared.context;
    route.release = declared.release;
    return route;
}

} // namespace mortise::host
