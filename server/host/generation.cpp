// SPDX-License-Identifier: Apache-2.0
#include "host/generation.hpp"

#include "host/module_names.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::array<http::Method, 7> routedMethods{http::Method::get,    http::Method::head,  http::Method::post,
                                                    http::Method::put,    http::Method::patch, http::Method::delete_,
                                                    http::Method::options};

} // namespace

Generation::~Generation() {
    if (matcher_ == nullptr || routerOwner_->quarantined()) return;
    const Instance::Calling calling(*routerOwner_, "free");
    router_.free(routerOwner_->self(), matcher_);
}

const PointObject* Generation::pointObject(std::string_view point) const noexcept {
    const auto found = std::find_if(pointObjects_.begin(), pointObjects_.end(),
                                    [point](const auto& one) { return one->point() == point; });
    return found == pointObjects_.end() ? nullptr : found->get();
}

std::shared_ptr<Instance> Generation::find(std::string_view name) const {
    const auto found = std::find_if(instances_.begin(), instances_.end(),
                                    [name](const auto& instance) { return instance->name() == name; });
    return found == instances_.end() ? nullptr : *found;
}

bool Generation::match(http::Method method, std::string_view path, RouteMatch& match) const noexcept {
    if (matcher_ == nullptr) return false;
    const base::RunningCode running(routerOwner_->owner(), "match");
    if (router_.match(matcher_, static_cast<std::uint32_t>(method), view(path), &match.parameters) != MORTISE_OK ||
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
