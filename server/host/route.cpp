// SPDX-License-Identifier: Apache-2.0
#include "host/route.hpp"

#include "base/text.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::uint32_t knownFlags = MORTISE_ROUTE_PRIVATE | MORTISE_ROUTE_RAW_BODY | MORTISE_ROUTE_REJECT_UNKNOWN |
                                     MORTISE_ROUTE_QUIET | MORTISE_ROUTE_BODY_OPTIONAL | MORTISE_ROUTE_NO_TRANSFORM |
                                     MORTISE_ROUTE_DEPRECATED | MORTISE_ROUTE_HIDDEN | MORTISE_ROUTE_MULTIPART;
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
    for (std::uint32_t i = 0; i < declared.answer_count; ++i) {
        const mortise_route_answer& answer = declared.answers[i];
        notes.answers.push_back(
            {answer.status, std::string(text(answer.schema)), std::string(text(answer.text)),
             declared.answer_media_types != nullptr ? std::string(text(declared.answer_media_types[i])) : ""});
    }
    return notes;
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
    std::vector<mortise_route_answer> given;
    std::vector<mortise_view> mediaTypes;
    for (const Answer& answer : notes.answers) {
        given.push_back({answer.status, 0, view(answer.schema), view(answer.text)});
        mediaTypes.push_back(view(answer.mediaType));
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
    shown.answers = given.data();
    shown.answer_count = static_cast<std::uint32_t>(given.size());
    shown.header_schema = view(notes.headerSchema);
    shown.cookie_schema = view(notes.cookieSchema);
    shown.description = view(notes.description);
    shown.operation_id = view(notes.operationId);
    shown.answer_media_types = mediaTypes.data();
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
    if ((declared.flags & ~knownFlags) != 0)
        return base::Fault{"unknown route flag " + std::to_string(declared.flags & ~knownFlags)};
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
    if (route.body && (route.flags & MORTISE_ROUTE_RAW_BODY) != 0) return base::Fault{"a raw body has no schema"};
    if (route.takesFiles() && (route.flags & MORTISE_ROUTE_RAW_BODY) != 0)
        return base::Fault{"a body is raw or multipart, not both"};
    if (route.body && route.body->takesFiles() && !route.takesFiles())
        return base::Fault{"the body's schema has files (format: binary), which only a multipart route takes"};
    route.bodyLimit = declared.body_limit;
    route.notes = takeNotes(declared);
    route.handle = declared.handle;
    route.context = declared.context;
    return route;
}

} // namespace mortise::host
