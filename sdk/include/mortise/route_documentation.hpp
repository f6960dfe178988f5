// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/typed_service.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// A header field, of requests or of a response.
struct DocumentedField {
    std::string name;
    std::string text;      // what its value says
    std::string schema;    // JSON Schema text of its value; empty: text
    bool required = false; // of requests only
};
MORTISE_DESCRIBE(DocumentedField, field(name), field(text), field(schema), field(required))

// An error that comes in the place of the route's response, in the one shape of errors.
struct DocumentedError {
    std::int64_t status = 400; // 400-599
    std::string message;
    std::vector<DocumentedField> fields;
};
MORTISE_DESCRIBE(DocumentedError, field(status), field(message), field(fields))

// What a plugin adds to a route.
struct RouteAddition {
    std::vector<DocumentedField> requestFields;
    std::vector<DocumentedField> responseFields; // of responses below 400
    std::vector<DocumentedError> errors;
};
MORTISE_DESCRIBE(RouteAddition, field(requestFields), field(responseFields), field(errors))

// An extension point of the plugin `openapi`: what filters do to routes of other plugins, for their documentation.
// Whoever contributes names it in mayUse<>().
struct RouteDocumentation {
    static constexpr const char* pointId = "mortise.openapi.route/1";

    // [worker] Of a documented route, with its flags (MORTISE_ROUTE_ …); nothing: it is as it was declared. The same as
    // long as the instance serves.
    Method<std::optional<RouteAddition>(std::string_view method, std::string_view pattern, std::int64_t flags)> addTo;
};
MORTISE_SERVICE(RouteDocumentation, method(addTo))

} // namespace v1
} // namespace mortise
