// SPDX-License-Identifier: Apache-2.0
#include "dispatch/pipeline.hpp"

#include "dispatch/steps.hpp"

namespace mortise::dispatch {

Pipeline::Pipeline(const Generation& generation) {
    const auto filters = [&](Phase phase) {
        for (const FilterLink& link : generation.filters(indexOf(phase))) {
            const bool passes = link.filter.flags == 0;
            steps_.push_back({phase, true, passes ? steps::passFilter : steps::callFilter, &link});
        }
    };
    filters(Phase::accept);
    filters(Phase::protect);
    filters(Phase::route);
    steps_.push_back({Phase::route, true, steps::findRoute, nullptr});
    filters(Phase::authenticate);
    steps_.push_back({Phase::authenticate, false, steps::authenticate, nullptr});
    filters(Phase::body);
    steps_.push_back({Phase::body, false, steps::readBody, nullptr});
    steps_.push_back({Phase::body, false, steps::validate, nullptr});
    filters(Phase::handle);
    steps_.push_back({Phase::handle, false, steps::callHandler, nullptr});

    const std::size_t respond = steps_.size();
    steps_.push_back({Phase::respond, true, steps::beginResponse, nullptr});
    for (const FilterLink& link : generation.filters(indexOf(Phase::respond)))
        steps_.push_back({Phase::respond, true, steps::respondFilter, &link});
    steps_.push_back({Phase::respond, true, steps::endResponse, nullptr});

    const std::size_t finish = steps_.size();
    for (const FilterLink& link : generation.filters(indexOf(Phase::finish)))
        steps_.push_back({Phase::finish, true, nullptr, &link}); // called by Dispatcher::finish

    respond_ = steps_.data() + respond;
    finish_ = std::span<const Step>(steps_).subspan(finish);
}

} // namespace mortise::dispatch
