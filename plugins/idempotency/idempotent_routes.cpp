// SPDX-License-Identifier: Apache-2.0
#include "idempotent_routes.hpp"

#include <mortise/declared_routes.hpp>
#include <mortise/service/routes.h>

namespace mortise::idempotency {

std::shared_ptr<const IdempotentRoutes::List> IdempotentRoutes::of(const mortise::Request& request) {
    const std::uint64_t generation = request.generation();
    {
        const std::lock_guard lock(mutex_);
        if (generation != 0 && generation == generation_) return list_;
    }
    auto list = std::make_shared<List>();
    request.visitRoutes([&](const mortise::DeclaredRoute& route) {
        if (!route.has(MORTISE_ROUTE_IDEMPOTENT)) return;
        list->emplace(std::string(route.method()).append(1, ' ').append(route.pattern()),
                      Route{std::string(route.role())});
    });
    const std::lock_guard lock(mutex_);
    if (generation > generation_) {
        generation_ = generation;
        list_ = list;
    }
    return list;
}

} // namespace mortise::idempotency
