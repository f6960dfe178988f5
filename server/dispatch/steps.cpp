// SPDX-License-Identifier: Apache-2.0
#include "dispatch/steps.hpp"

#include "base/text.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/path.hpp"
#include "dispatch/request_validation.hpp"
#include "http/field_block.hpp"

#include <mortise/service/authenticator.h>

namespace mortise::dispatch::steps {
namespace {

// Whether what is placed so may run on the loop.
bool mayRunOnLoop(const Generation& generation, std::uint32_t placement) noexcept {
    return placement == MORTISE_PLACEMENT_LOOP ||
           (placement == MORTISE_PLACEMENT_DATABASE_READ && generation.readsOnLoop());
}

const Generation& generationOf(const RequestState& state) noexcept {
    return *state.generation.load(std::memory_order_relaxed);
}

// What may wait for the database is not called on a worker that is for those that do not.
bool isOnWrongWorker(const RequestState& state, Place place, const Instance& owner) noexcept {
    return place == Place::worker && owner.waitsForDatabase() && !state.mayWaitForDatabase;
}

} // namespace

Flow passFilter(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place) {
    const FilterLink& link = *step.filter;
    if (link.owner->quarantined()) return dispatcher.refuse(state, place, {error::unavailable});
    mortise_status status;
    {
        const Inside inside(dispatcher.pulse(), *link.owner, "on_request");
        status = link.filter.on_request(link.filter.context, bitOf(step.phase),
                                        state.exchange.handle(state.exchange.turn().first()).value, &state.request,
                                        &state.slots[link.slot]);
    }
    if (peerStatus(status) == MORTISE_OK) return Flow::next;
    return dispatcher.fail(state, place, *link.owner,
                           faultOf(TurnKind::filter, Recorded::nothing, returnedAs(status), false));
}

Flow callFilter(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place) {
    const FilterLink& link = *step.filter;
    if (link.filter.placement != MORTISE_PLACEMENT_LOOP) {
        if (place == Place::loop) {
            --state.cursor;
            return dispatcher.toWorker(state, link.owner->waitsForDatabase());
        }
        if (isOnWrongWorker(state, place, *link.owner)) {
            --state.cursor;
            return dispatcher.toLoop(state);
        }
    }
    const bool mayWait = (link.filter.flags & MORTISE_FILTER_MAY_WAIT) != 0;
    return dispatcher.callPlugin(state, place, *link.owner, TurnKind::filter, mayWait, &link,
                                 [&](mortise_exchange turn) {
                                     return link.filter.on_request(link.filter.context, bitOf(step.phase), turn,
                                                                   &state.request, &state.slots[link.slot]);
                                 });
}

Flow findRoute(Dispatcher& dispatcher, RequestState& state, const Step&, Place place) {
    const Generation& generation = generationOf(state);
    http::Exchange& exchange = state.exchange;
    const std::string_view path = normalisePath(exchange.path(), state.path);
    if (path.data() == state.path.data() &&
        (path.find('\0') != std::string_view::npos || base::findInvalidUtf8(path) != std::string_view::npos))
        return dispatcher.refuse(state, place, {error::badPath});
    if (generation.routerQuarantined()) return dispatcher.refuse(state, place, {error::unavailable});
    host::RouteMatch match;
    const http::Method method = exchange.method();
    if (generation.match(method, path, match) ||
        (method == http::Method::head && generation.match(http::Method::get, path, match))) {
        state.route = match.route;
        state.request.route = view(match.route->pattern);
        state.decoded.reserve(path.size());
        for (std::uint32_t i = 0; i < match.parameters.parameter_count; ++i) {
            const mortise_router_parameter& piece = match.parameters.parameters[i];
            state.parameters.push_back({view(match.route->parameters[i]),
                                        view(decodeParameter(path.substr(piece.offset, piece.length), state.decoded))});
        }
        state.request.parameters = state.parameters.data();
        state.request.parameter_count = match.parameters.parameter_count;
        if (match.route->owner->orphans() > state.serving().maxOrphans)
            return dispatcher.refuse(state, place, {error::unavailable});
        return Flow::next;
    }
    const std::string allowed =
        path == "*" ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" : generation.allowedMethods(path);
    if (allowed.empty()) return dispatcher.refuse(state, place, {error::routeNotFound});
    if (method != http::Method::options)
        return dispatcher.refuse(state, place, {error::methodNotAllowed}, "Allow", allowed);
    exchange.response().status = 204;
    exchange.response().fields.append("Allow: ").append(allowed).append("\r\n");
    return dispatcher.respond(state, place);
}

Flow authenticate(Dispatcher& dispatcher, RequestState& state, const Step&, Place place) {
    const Route& route = *state.route;
    if (route.authentication == MORTISE_AUTHENTICATION_NONE) return Flow::next;
    const Generation& generation = generationOf(state);
    const mortise_plugin_authenticator& authenticator = generation.authenticator();
    if (place == Place::loop && !mayRunOnLoop(generation, authenticator.placement)) {
        --state.cursor;
        return dispatcher.toWorker(state);
    }
    Instance& owner = *generation.authenticatorOwner();
    if (isOnWrongWorker(state, place, owner)) {
        --state.cursor;
        return dispatcher.toLoop(state);
    }
    const mortise_authentication authentication{sizeof(mortise_authentication), route.authentication};
    state.verdict.kind = Verdict::Kind::none;
    return dispatcher.callPlugin(
        state, place, owner, TurnKind::authenticator, true, nullptr, [&](mortise_exchange turn) {
            return authenticator.authenticate(owner.self(), turn, &state.request, &authentication);
        });
}

Flow readBody(Dispatcher& dispatcher, RequestState& state, const Step&, Place place) {
    const Route& route = *state.route;
    if (!route.takesBody()) return Flow::next;
    http::Exchange& exchange = state.exchange;
    if (!exchange.hasBody() && (route.flags & (MORTISE_ROUTE_BODY_OPTIONAL | MORTISE_ROUTE_RAW_BODY)) != 0)
        return Flow::next;
    if (place == Place::worker) {
        --state.cursor;
        return dispatcher.toLoop(state);
    }
    const std::uint64_t limit = route.bodyLimit != 0 ? route.bodyLimit : exchange.settings().limits.body_bytes;
    const bool tooLarge = exchange.contentLength().value_or(0) > limit; // 413 comes before 415; the transport says it
    const std::string_view coding = exchange.field("Content-Encoding");
    const bool isRead = route.body || route.takesFiles();
    if (!tooLarge && isRead && !coding.empty() && !http::equalsIgnoreCase(coding, "identity"))
        // RFC 9110 section 15.5.16
        return dispatcher.refuse(state, place, {error::contentCoding}, "Accept-Encoding", "identity");
    if (route.takesFiles() && !tooLarge) {
        dispatcher.beginUpload(state, limit);
        return Flow::stop;
    }
    if (!tooLarge && route.body && bodyKindOf(exchange.contentType(), route.takesForms()) == BodyKind::unsupported)
        return dispatcher.refuse(state, place, {error::mediaType});
    dispatcher.readBody(state, limit);
    return Flow::stop;
}

Flow validate(Dispatcher& dispatcher, RequestState& state, const Step&, Place place) {
    const auto failure = validateRequest(state, state.exchange.contentType(), state.serving());
    if (!failure) return Flow::next;
    return dispatcher.refuse(
        state, place, {failure->fault, failure->details.empty() ? nullptr : &failure->details, failure->position, {}});
}

Flow callHandler(Dispatcher& dispatcher, RequestState& state, const Step&, Place place) {
    const Route& route = *state.route;
    if (!route.role.empty() && !state.principal.hasRole(route.role))
        return dispatcher.refuse(state, place, {error::forbidden});
    if (place == Place::loop && !mayRunOnLoop(generationOf(state), route.placement)) {
        --state.cursor;
        return dispatcher.toWorker(state);
    }
    if (isOnWrongWorker(state, place, *route.owner)) {
        --state.cursor;
        return dispatcher.toLoop(state);
    }
    return dispatcher.callPlugin(
        state, place, *route.owner, TurnKind::handler, true, nullptr,
        [&](mortise_exchange turn) { return route.handle(route.context, turn, &state.request); });
}

} // namespace mortise::dispatch::steps
