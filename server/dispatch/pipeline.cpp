// SPDX-License-Identifier: Apache-2.0
#include "dispatch/pipeline.hpp"

#include "dispatch/steps.hpp"

#include <mortise/service/routes.h>

namespace mortise::dispatch {

Pipeline::Pipeline(const Generation& generation) {
    const auto filters = [&](Phase phase) {
        for (const FilterLink& link : generation.filters(indexOf(phase))) {
            const bool onLoop = link.filter.placement == MORTISE_PLACEMENT_LOOP;
            const bool passes =
                onLoop && (link.filter.flags & (MORTISE_FILTER_MAY_REPLY | MORTISE_FILTER_MAY_WAIT)) == 0;
            steps_.push_back({phase, onLoop, passes ? steps::passFilter : steps::callFilter, &link});
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
    for (const FilterLink& link : generation.filters(indexOf(Phase::respond))) {
        const bool passes = link.filter.placement == MORTISE_PLACEMENT_LOOP &&
                            (link.filter.flags & MORTISE_FILTER_MAY_WAIT_RESPOND) == 0;
        steps_.push_back({Phase::respond, true, passes ? steps::respondFilter : steps::respondFilterInTurn, &link});
    }
    steps_.push_back({Phase::respond, true, steps::endResponse, nullptr});

    const std::size_t finish = steps_.size();
    for (const FilterLink& link : generation.filters(indexOf(Phase::finish))) {
        const bool onLoop = link.filter.placement == MORTISE_PLACEMENT_LOOP;
        steps_.push_back({Phase::finish, onLoop, nullptr, &link}); // called by Dispatcher::finish
        finishesOnWorker_ = finishesOnWorker_ || !onLoop;
    }

    respond_ = steps_.data() + respond;
    finish_ = std::span<const Step>(steps_).subspan(finish);
}

} // namespace mortise::dispatch
