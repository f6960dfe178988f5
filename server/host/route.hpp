// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "http/method.hpp"
#include "json/schema.hpp"

#include <mortise/service/routes.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Instance;

inline constexpr std::uint32_t knownRouteFlags =
    MORTISE_ROUTE_PRIVATE | MORTISE_ROUTE_RAW_BODY | MORTISE_ROUTE_REJECT_UNKNOWN | MORTISE_ROUTE_QUIET |
    MORTISE_ROUTE_BODY_OPTIONAL | MORTISE_ROUTE_NO_TRANSFORM | MORTISE_ROUTE_DEPRECATED | MORTISE_ROUTE_HIDDEN |
    MORTISE_ROUTE_MULTIPART | MORTISE_ROUTE_ALSO_FORMS | MORTISE_ROUTE_IDEMPOTENT | MORTISE_ROUTE_NUL_IN_BODY;

// A route as declared by a plugin, checked, copied and with its schemas compiled. Immutable after makeRoute.
struct Route {
    struct Field {
        std::string name;
        std::string text;
        std::string schema; // empty: text
    };
    struct Response {
        std::uint32_t status = 0;
        std::string schema;
        std::string message;
        std::string mediaType; // empty: application/json
        std::vector<Field> fields;
    };
    // What only documentation reads.
    struct Notes {
        std::string bodySchema;
        std::string querySchema;
        std::string pathSchema;
        std::string headerSchema;
        std::string cookieSchema;
        std::string bodyMediaTypes;
        std::string summary;
        std::string description;
        std::string operationId;
        std::string tags;
        std::vector<Response> responses;
    };

    Instance* owner = nullptr; // lives longer: routes belong to it
    http::Method method = http::Method::get;
    std::string pattern;
    std::vector<std::string> parameters; // names, in the pattern's order
    std::uint32_t flags = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    std::uint32_t authentication = MORTISE_AUTHENTICATION_NONE;
    std::string role;
    std::optional<json::Schema> body;
    std::optional<json::Schema> query;
    std::optional<json::Schema> path;
    std::optional<json::Schema> headers;
    std::optional<json::Schema> cookies;
    std::uint64_t bodyLimit = 0; // 0: the server's
    Notes notes;
    mortise_handler handle = nullptr;
    void* context = nullptr;
    void (*release)(void* context) = nullptr; // called by the owner, before the plugin is destroyed

    bool takesForms() const noexcept { return (flags & MORTISE_ROUTE_ALSO_FORMS) != 0; }
    bool takesFiles() const noexcept { return (flags & MORTISE_ROUTE_MULTIPART) != 0; }
    bool takesBody() const noexcept {
        return body.has_value() || takesFiles() || (flags & MORTISE_ROUTE_RAW_BODY) != 0;
    }
    std::string describe() const; // "GET /api/users/:id"
    // Calls `visitor` with the route as it was declared, but without its handler.
    void show(mortise_route_visitor visitor, void* context) const;
};

// A fault says what breaks the contract of routes.h.
base::Outcome<Route> makeRoute(const mortise_route& declared, Instance& owner);

// Names of the parameters of a pattern, or what is wrong with it (grammar in routes.h).
base::Outcome<std::vector<std::string>> parsePattern(std::string_view pattern);

std::optional<http::Method> methodFromText(std::string_view text) noexcept;
std::string_view methodText(http::Method method) noexcept;

} // namespace mortise::host
