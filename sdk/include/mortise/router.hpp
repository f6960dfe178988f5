// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/router.h>

#include <memory>
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

namespace detail {

template<class T>
struct InterfaceId<Router, T> {
    static constexpr std::string_view value = MORTISE_ROUTER_EXTENSION;
};

// The C table behind it. T is the author's class; `self` is a T*.
template<class T>
const mortise_plugin_router* routerTable() noexcept {
    static constexpr mortise_plugin_router table = {
        sizeof(mortise_plugin_router),
        0,
        [](void* self, const mortise_router_route* routes, std::uint32_t count, std::uint32_t size, void** matcher,
           mortise_error* error) {
            return guard(error,
                         [&] { *matcher = as<Router, T>(self).build(RouterRoutes(routes, count, size)).release(); });
        },
        [](const void* matcher, std::uint32_t method, mortise_view path,
           mortise_router_match* match) -> mortise_status {
            match->parameter_count = 0;
            return static_cast<const RouteMatcher*>(matcher)->match(method, text(path), *match) ? MORTISE_OK
                                                                                                : MORTISE_ABSENT;
        },
        [](void*, void* matcher) {
            guardQuietly([&] { delete static_cast<RouteMatcher*>(matcher); }, [](std::string_view) {});
        },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
