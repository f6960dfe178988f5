// SPDX-License-Identifier: Apache-2.0
#include "radix_tree.hpp"

#include <mortise/plugin.hpp>
#include <mortise/router.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace {

namespace routing = mortise::routing;

class Matcher final : public mortise::RouteMatcher {
public:
    explicit Matcher(const std::vector<routing::Route>& routes) : tree_(routes) {}

    bool match(std::uint32_t method, std::string_view path, mortise_router_match& match) const noexcept override {
        routing::Match found;
        if (!tree_.match(method, path, found)) return false;
        match.route = found.route;
        match.parameter_count = found.parameter_count;
        for (std::uint32_t i = 0; i < found.parameter_count; ++i) {
            match.parameters[i] = {found.parameters[i].offset, found.parameters[i].length};
        }
        return true;
    }

private:
    routing::RadixTree tree_;
};

static_assert(routing::max_parameters == MORTISE_ROUTER_MAX_PARAMETERS);

class Routing : public mortise::Plugin<>, public mortise::Router {
    std::unique_ptr<mortise::RouteMatcher> build(const mortise::RouterRoutes& routes) override {
        std::vector<routing::Route> own;
        own.reserve(routes.size());
        for (const mortise_router_route& route : routes)
            own.push_back({mortise::text(route.pattern), route.method, route.route});
        try {
            return std::make_unique<Matcher>(own);
        } catch (const routing::RouteConflict& conflict) {
            throw mortise::RouteConflict(conflict.what());
        } catch (const std::invalid_argument& refused) {
            throw mortise::Invalid(refused.what());
        }
    }
};

} // namespace

MORTISE_PLUGIN(Routing, "org.mortise.routing", "1.0.0", licence("Apache-2.0"), inExample())
