// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>

#include <exception>

namespace mortise {
inline namespace v1 {

// A header field of a DeclaredResponse.
struct DeclaredField {
    std::string_view name;
    std::string_view text;   // what its value says, or empty
    std::string_view schema; // JSON Schema text of its value; empty: text
};

// A documented response of a DeclaredRoute.
struct DeclaredResponse {
    std::uint32_t status;
    std::string_view schema;    // JSON Schema text, or empty
    std::string_view message;   // what it says, or empty
    std::string_view mediaType; // empty: application/json where there is a schema, no body where there is none
    detail::Elements<mortise_route_field> fields;

    std::size_t fieldCount() const noexcept { return fields.size(); }
    DeclaredField field(std::size_t i) const noexcept {
        const mortise_route_field one = fields[i];
        return {text(one.name), text(one.text), text(one.schema)};
    }
};

// A route as its plugin declared it. Borrowed while Request::visitRoutes calls.
class DeclaredRoute {
public:
    DeclaredRoute(const mortise_route& peer, mortise_view plugin) noexcept
        : raw_(detail::adopt<mortise_route>(&peer)), plugin_(plugin) {}

    std::string_view plugin() const noexcept { return text(plugin_); } // the instance's name in the configuration
    std::string_view method() const noexcept { return text(raw_.method); }
    std::string_view pattern() const noexcept { return text(raw_.pattern); }
    std::string_view role() const noexcept { return text(raw_.role); }
    std::uint32_t authentication() const noexcept { return raw_.authentication; }    // MORTISE_AUTHENTICATION_ …
    std::uint32_t flags() const noexcept { return raw_.flags; }                      // MORTISE_ROUTE_ …
    bool has(std::uint32_t flag) const noexcept { return (raw_.flags & flag) != 0; } // MORTISE_ROUTE_ …
    // JSON Schema texts, or empty.
    std::string_view bodySchema() const noexcept { return text(raw_.body_schema); }
    std::string_view querySchema() const noexcept { return text(raw_.query_schema); }
    std::string_view pathSchema() const noexcept { return text(raw_.path_schema); }
    std::string_view headerSchema() const noexcept { return text(raw_.header_schema); }
    std::string_view cookieSchema() const noexcept { return text(raw_.cookie_schema); }
    std::string_view bodyMediaTypes() const noexcept { return text(raw_.body_media_types); } // comma list
    std::string_view summary() const noexcept { return text(raw_.summary); }
    std::string_view description() const noexcept { return text(raw_.description); }
    std::string_view operationId() const noexcept { return text(raw_.operation_id); }
    std::string_view tags() const noexcept { return text(raw_.tags); } // comma list
    std::uint32_t responseCount() const noexcept { return raw_.response_count; }
    DeclaredResponse response(std::uint32_t i) const noexcept {
        const mortise_route_response r =
            detail::Elements<mortise_route_response>(raw_.responses, raw_.response_count, raw_.response_size)[i];
        return {r.status, text(r.schema), text(r.message), text(r.media_type),
                detail::Elements<mortise_route_field>(r.fields, r.field_count, r.field_size)};
    }

private:
    mortise_route raw_;
    mortise_view plugin_;
};

namespace detail {

// Calls visit(const DeclaredRoute&) for every route of the generation that serves `exchange`. What it throws comes out.
template<class Visit>
void visitRoutes(const Runtime& runtime, mortise_exchange exchange, Visit&& visit) {
    if (runtime.routes.table.visit == nullptr) throw Absent("visit of " MORTISE_ROUTES_SERVICE);
    struct Call {
        std::remove_reference_t<Visit>* visit;
        std::exception_ptr failure;
    } call{&visit, nullptr};
    const mortise_status status = runtime.routes.table.visit(
        runtime.routes.self, exchange,
        [](void* context, const mortise_route* route, mortise_view plugin) {
            auto& self = *static_cast<Call*>(context);
            if (self.failure) return;
            try {
                (*self.visit)(DeclaredRoute(*route, plugin));
            } catch (...) {
                self.failure = std::current_exception();
            }
        },
        &call);
    if (call.failure) std::rethrow_exception(call.failure);
    raise(status, "visit");
}

} // namespace detail
} // namespace v1
} // namespace mortise
