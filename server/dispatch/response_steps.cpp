// SPDX-License-Identifier: Apache-2.0
// Steps of a response: what the host says of it, and the filters that look at it.
#include "dispatch/dispatcher.hpp"
#include "dispatch/steps.hpp"

#include <mortise/service/routes.h>

#include <string>

namespace mortise::dispatch::steps {
namespace {

std::uint32_t bodyKindOf(const http::Response& response) noexcept {
    if (response.status == 204 || response.status == 304) return MORTISE_BODY_NONE;
    switch (response.body) {
    case http::Response::Body::stream:
        return MORTISE_BODY_STREAM;
    case http::Response::Body::file:
        return MORTISE_BODY_FILE;
    default:
        return MORTISE_BODY_WHOLE;
    }
}

} // namespace

Flow beginResponse(Dispatcher&, RequestState& state, const Step&, Place) {
    state.headSettled = false;
    const http::Response& response = state.exchange.response();
    state.head.begin(bodyKindOf(response));
    if (response.status == 503 && response.mayRepeat && state.head.field("Retry-After").data() == nullptr)
        state.head.append("Retry-After", std::to_string(state.serving().retryAfterSeconds));
    return Flow::next;
}

Flow respondFilter(Dispatcher& dispatcher, RequestState& state, const Step& step, Place) {
    const FilterLink& link = *step.filter;
    if (link.owner->quarantined()) return Flow::next;
    if (state.isTurnOf(link.slot)) return Flow::next; // the host responds in its place
    mortise_status status;
    {
        mortise_response response = state.head.view(*link.owner);
        const Inside inside(dispatcher.pulse(), *link.owner, "on_respond");
        status = link.filter.on_respond(link.filter.context, state.exchange.handle(state.exchange.turn().first()).value,
                                        &state.request, &response, &state.slots[link.slot]);
    }
    if (peerStatus(status) == MORTISE_OK) return Flow::next;
    return dispatcher.failResponse(state, *link.owner,
                                   faultOf(TurnKind::response, Recorded::nothing, returnedAs(status), false));
}

Flow respondFilterInTurn(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place) {
    const FilterLink& link = *step.filter;
    // What takes the place of another response waits for nobody.
    if (state.transformable && !state.responseWaits()) {
        if (link.owner->quarantined() || state.isTurnOf(link.slot)) return Flow::next;
        return dispatcher.respondInTurn(state, link);
    }
    if (link.filter.placement != MORTISE_PLACEMENT_LOOP) return Flow::next;
    return respondFilter(dispatcher, state, step, place);
}

Flow endResponse(Dispatcher& dispatcher, RequestState& state, const Step&, Place) {
    http::Response& response = state.exchange.response();
    const Route* const route = state.route;
    // What depends on the caller is for nobody else, unless the plugin says how it may be kept.
    const bool personal = route != nullptr && route->authentication != MORTISE_AUTHENTICATION_NONE &&
                          state.head.field("Cache-Control").data() == nullptr;
    if (response.noStore || personal || (route != nullptr && (route->flags & MORTISE_ROUTE_PRIVATE) != 0))
        response.fields.append("Cache-Control: no-store\r\n");
    state.head.settle();
    state.headSettled = true;
    if (state.transformation == nullptr)
        dispatcher.send(state);
    else
        dispatcher.sendWhenMade(state);
    return Flow::stop;
}

} // namespace mortise::dispatch::steps
