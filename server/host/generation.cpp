// SPDX-License-Identifier: Apache-2.0
#include "host/generation.hpp"

#include "host/module_names.hpp"

#include <algorithm>
#include <set>

namespace mortise::host {
namespace {

constexpr std::array<http::Method, 7> routedMethods{http::Method::get,    http::Method::head,  http::Method::post,
                                                    http::Method::put,    http::Method::patch, http::Method::delete_,
                                                    http::Method::options};

} // namespace

Generation::~Generation() {
    if (matcher_ == nullptr || routerQuarantined()) return;
    const Instance::Calling calling(*routerOwner_, "free");
    router_.free(routerOwner_->self(), matcher_);
}

std::optional<MigratorCall> Generation::migrator() const {
    if (schema_.empty() || migratorOwner_ == nullptr) return std::nullopt;
    return MigratorCall(migratorOwner_->shared_from_this(), migrator_, schema_);
}

const PointObject* Generation::pointObject(std::string_view point) const noexcept {
    const auto found = std::find_if(pointObjects_.begin(), pointObjects_.end(),
                                    [point](const auto& one) { return one->point() == point; });
    return found == pointObjects_.end() ? nullptr : found->get();
}

std::vector<Generation::Uncollected> Generation::uncollected() const {
    std::set<std::string_view> points;
    for (const auto& instance : instances_) {
        const auto& defined = instance->module().info().extensionPoints;
        points.insert(defined.begin(), defined.end());
    }
    std::vector<Uncollected> all;
    for (const auto& instance : instances_)
        for (const Contribution& one : instance->contributions())
            if (!points.contains(one.point)) all.push_back({instance.get(), &one});
    return all;
}

std::shared_ptr<Instance> Generation::find(std::string_view name) const {
    const auto found = std::find_if(instances_.begin(), instances_.end(),
                                    [name](const auto& instance) { return instance->name() == name; });
    return found == instances_.end() ? nullptr : *found;
}

bool Generation::match(http::Method method, std::string_view path, RouteMatch& match) const noexcept {
    if (matcher_ == nullptr) return false;
    const base::RunningCode running(routerOwner_->owner(), "match");
    if (peerStatus(router_.match(matcher_, static_cast<std::uint32_t>(method), view(path), &match.parameters)) !=
            MORTISE_OK ||
        match.parameters.route >= routes_.size())
        return false;
    const Route& route = *routes_[match.parameters.route];
    if (match.parameters.parameter_count != route.parameters.size()) return false;
    for (std::uint32_t i = 0; i < match.parameters.parameter_count; ++i) {
        const mortise_router_parameter& piece = match.parameters.parameters[i];
        if (piece.offset > path.size() || piece.length > path.size() - piece.offset) return false;
    }
    match.route = &route;
    return true;
}

std::string Generation::allowedMethods(std::string_view path) const {
    std::string allowed;
    RouteMatch ignored;
    bool get = false;
    for (const http::Method method : routedMethods) {
        bool known = match(method, path, ignored);
        if (method == http::Method::get) get = known;
        if (method == http::Method::head) known = known || get;
        if (method == http::Method::options) known = known || !allowed.empty();
        if (!known) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += methodText(method);
    }
    return allowed;
}

} // namespace mortise::host
