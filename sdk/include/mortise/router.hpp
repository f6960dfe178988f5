// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/unique_ptr.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/service/router.h>

#include <string_view>

namespace mortise {
inline namespace v1 {

// Borrowed for the call.
using RouterRoutes = detail::Elements<mortise_router_route>;

// What a Router builds: immutable, matched concurrently on event loops.
class RouteMatcher {
public:
    virtual ~RouteMatcher() = default;
    // [loop] No allocation, no lock. True with `route` and the parameters filled in; parameter_count is
    // preset to 0. `path` starts with '/', is percent-decoded but for %2F and %25, and has no query.
    virtual bool match(std::uint32_t method, std::string_view path, mortise_router_match& match) const noexcept = 0;
};

// For a plugin to derive from: mortise.plugin.router/1.
class Router {
public:
    virtual ~Router() = default;
    // [control] Effect-free. Throws RouteConflict with a sentence that shows both patterns.
    virtual std::unique_ptr<RouteMatcher> build(const RouterRoutes& routes) = 0;
};

} // namespace v1
} // namespace mortise
