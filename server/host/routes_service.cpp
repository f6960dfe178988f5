// SPDX-License-Identifier: Apache-2.0
#include "host/inputs.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <utility>

namespace mortise::host {
namespace {

mortise_status add(void* self, const mortise_route* theirs, mortise_error* error) noexcept {
    Instance& caller = callerOf(self);
    if (!caller.configuring()) {
        setError(error, "routes are declared in configure");
        return MORTISE_INVALID;
    }
    try {
        if (!isReadable(caller, "add", "mortise_route", theirs)) {
            setError(error,
                     theirs == nullptr ? "there is no mortise_route" : structSizeFault("mortise_route", *theirs));
            return MORTISE_INVALID;
        }
        const mortise_route declared = readStruct(*theirs);
        auto route = makeRoute(declared, caller);
        if (!route) {
            setError(error, "route '" + std::string(text(declared.method)) + " " + std::string(text(declared.pattern)) +
                                "': " + route.fault());
            return MORTISE_INVALID;
        }
        caller.addRoute(std::move(route).value());
        return MORTISE_OK;
    } catch (const std::exception& failure) {
        setError(error, failure.what());
        return MORTISE_ERROR;
    }
}

mortise_status visit(void* self, mortise_exchange id, mortise_route_visitor visitor, void* context) noexcept {
    if (visitor == nullptr) return MORTISE_INVALID;
    try {
        const Instance& caller = callerOf(self);
        return caller.runtime().requests().visitRoutes(caller, id, visitor, context);
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status expect(void* self, mortise_view key, mortise_view method, mortise_view pattern,
                      std::uint32_t flags) noexcept {
    try {
        return callerOf(self).expectRoute(
                   {std::string(text(key)), std::string(text(method)), std::string(text(pattern)), flags})
                   ? MORTISE_OK
                   : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

} // namespace

const mortise_routes_table& routesService() noexcept {
    static constexpr mortise_routes_table table{sizeof(mortise_routes_table), 0, add, visit, expect};
    return table;
}

} // namespace mortise::host
