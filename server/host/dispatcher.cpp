// SPDX-License-Identifier: Apache-2.0
#include "host/dispatcher.hpp"

#include "host/abi_text.hpp"
#include "host/dispatcher_inside.hpp"
#include "host/path.hpp"
#include "host/request_validation.hpp"
#include "host/runtime.hpp"
#include "http/field_block.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <mortise/service/exchange.h>

#include <utility>

namespace mortise::host {

void Dispatcher::publish(std::shared_ptr<Generation> generation) {
    generations_.push_back({std::move(generation), 0});
    if (generations_.size() > 1) {
        const auto replaced = std::prev(generations_.end(), 2);
        if (replaced->open == 0) generations_.erase(replaced);
    } else {
        armSweep();
    }
}

void Dispatcher::close(std::shared_ptr<Generation> empty) {
    publish(std::move(empty));
    closed_ = true;
}

void Dispatcher::armSweep() {
    server_->loop().after(1000, [this] {
        sweep();
        armSweep();
    });
}

void Dispatcher::unpin(LoopGeneration& pinned) noexcept {
    if (--pinned.open > 0 || &pinned == &generations_.back()) return;
    generations_.remove_if([&pinned](const LoopGeneration& one) { return &one == &pinned; });
}

std::unique_ptr<http::Attachment> Dispatcher::makeAttachment() {
    auto state = std::make_unique<RequestState>();
    state->dispatcher = this;
    return state;
}

void Dispatcher::begin(http::Exchange& exchange, RequestState& state) {
    state.pinned = &generations_.back();
    ++state.pinned->open;
    state.generation = state.pinned->generation.get();
    state.slots.assign(state.generation->filterSlots(), 0);
    for (std::size_t i = 0; i < exchange.fieldCount(); ++i) {
        const http::Field field = exchange.field(i);
        state.fields.push_back({view(field.name), view(field.value)});
    }
    mortise_request& request = state.request;
    request.struct_size = sizeof(request);
    request.field_count = static_cast<std::uint32_t>(state.fields.size());
    request.flags = exchange.scheme() == "https" ? MORTISE_REQUEST_TLS : 0;
    request.method = view(exchange.methodText());
    request.target = view(exchange.target());
    request.path = view(exchange.path());
    request.query = view(exchange.query());
    request.request_id = view(exchange.requestId());
    request.client_address = view(exchange.clientText());
    request.fields = state.fields.data();
    request.received_ms = exchange.receivedWallMs();
    request.generation = state.generation->number();
    state.keepRequestId(exchange.requestId());
}

void Dispatcher::onHead(http::Exchange& exchange) noexcept {
    RequestState& state = stateOf(exchange);
    begin(exchange, state);
    if (closed_) return refuse(exchange, state, {error::stopping});
    advance(exchange, state, onLoop);
}

void Dispatcher::onBody(http::Exchange& exchange) noexcept {
    RequestState& state = stateOf(exchange);
    if (state.upload != nullptr) return endUpload(exchange, state);
    state.request.body = view(exchange.body());
    state.step = Step::validate;
    if (exchange.body().size() > parsedOnLoopBytes)
        toWorker(exchange, state);
    else
        advance(exchange, state, onLoop);
}

void Dispatcher::onMalformed(http::Exchange& exchange, const http::Fault& fault) noexcept {
    RequestState& state = stateOf(exchange);
    if (state.pinned == nullptr) begin(exchange, state);
    state.malformed = true;
    runtime_.log().log(base::Level::debug, "host.http", "Refused a malformed request",
                       {{"code", fault.code},
                        {"status", static_cast<std::int64_t>(fault.status)},
                        {"ip", exchange.clientText()},
                        {"requestId", exchange.requestId()}});
    refuse(exchange, state, {fault});
}

void Dispatcher::advance(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) noexcept {
    try {
        if (!state.generation->ended()) return takeSteps(exchange, state, ticket);
        refuse(exchange, state, {error::stopping});
    } catch (const std::exception& error) {
        runtime_.log().log(base::Level::error, "host.http", "A request could not be handled",
                           {{"reason", std::string_view(error.what())}, {"requestId", exchange.requestId()}});
        refuse(exchange, state, {error::internal});
    }
}

void Dispatcher::takeSteps(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) {
    const Generation& generation = *state.generation;
    const auto pass = [&](std::size_t phase) {
        return generation.filters(phase).empty() || runFilters(exchange, state, phase);
    };
    switch (state.step) {
    case Step::accept:
        if (!pass(0)) return;
        state.step = Step::protect;
        [[fallthrough]];
    case Step::protect:
        if (!pass(1)) return;
        state.step = Step::route;
        [[fallthrough]];
    case Step::route:
        if (!pass(2)) return;
        if (!findRoute(exchange, state)) return;
        state.step = Step::authenticate;
        [[fallthrough]];
    case Step::authenticate:
        if (ticket == onLoop && !pass(3)) return;
        if (!authenticate(exchange, state, ticket)) return;
        state.step = Step::body;
        [[fallthrough]];
    case Step::body:
        if (ticket != onLoop && (state.route->takesBody() || !generation.filters(4).empty())) {
            toLoop(exchange, state);
            return;
        }
        if (!pass(4)) return;
        if (!prepareBody(exchange, state)) return;
        state.step = Step::validate;
        [[fallthrough]];
    case Step::validate:
        if (!validate(exchange, state)) return;
        state.step = Step::handle;
        [[fallthrough]];
    case Step::handle:
        if (ticket != onLoop && !generation.filters(5).empty()) {
            toLoop(exchange, state);
            return;
        }
        if (!pass(5)) return;
        return handle(exchange, state, ticket);
    case Step::handling:
        return callHandler(exchange, state, ticket);
    }
}

void Dispatcher::handTo(RequestState& state, const Instance& holder, std::uint64_t ticket) const {
    const auto timeout = state.generation->serving().handlerTimeout;
    const std::uint64_t now = ticket == onLoop ? server_->loop().nowMs() : base::monotonicNs() / 1'000'000;
    state.holder.store(&holder, std::memory_order_relaxed);
    state.deadlineMs.store(now + static_cast<std::uint64_t>(timeout.count()), std::memory_order_release);
}

bool Dispatcher::mayCall(http::Exchange& exchange, RequestState& state, const Instance& owner) {
    if (!owner.quarantined()) return true;
    refuse(exchange, state, {error::stopping});
    return false;
}

bool Dispatcher::runFilters(http::Exchange& exchange, RequestState& state, std::size_t phase) {
    const auto& chain = state.generation->filters(phase);
    const std::uint64_t id = exchange.id().value;
    while (state.filter < chain.size()) {
        const FilterLink& link = chain[state.filter];
        ++state.filter;
        if (!mayCall(exchange, state, *link.owner)) return false;
        mortise_status status;
        {
            const Inside inside(*pulse_, link.owner);
            status = link.filter.on_request(link.self, 1u << phase, id, &state.request, &state.slots[link.slot]);
        }
        // Once it answered, whatever it says, the exchange may be over and the state another one's.
        if (!exchange.isOpen({id})) return false;
        if (status == MORTISE_OK) continue;
        if (status == MORTISE_PENDING) {
            state.waiting = true;
            handTo(state, *link.owner, onLoop);
            return false;
        }
        fail(exchange, state, *link.owner, "its filter neither went on nor answered");
        return false;
    }
    state.filter = 0;
    return true;
}

bool Dispatcher::resume(http::Exchange& exchange, http::ExchangeId id, mortise_status outcome) {
    if (!exchange.isOpen(id)) {
        late(id);
        return false;
    }
    if (stateOf(exchange).resumed.exchange(id.value) == id.value) return false;
    return server_->loop().postAlways([this, &exchange, id, outcome] {
        RequestState& state = stateOf(exchange);
        if (!exchange.isOpen(id)) {
            late(id);
            return;
        }
        state.resumed.store(0);
        if (!std::exchange(state.waiting, false)) return;
        takeBack(state);
        if (outcome == MORTISE_OK)
            advance(exchange, state, onLoop);
        else
            refuse(exchange, state, {error::internal});
    });
}

bool Dispatcher::findRoute(http::Exchange& exchange, RequestState& state) {
    const Generation& generation = *state.generation;
    const std::string_view path = normalisePath(exchange.path(), state.path);
    if (path.data() == state.path.data() &&
        (path.find('\0') != std::string_view::npos || base::findInvalidUtf8(path) != std::string_view::npos)) {
        refuse(exchange, state, {error::badPath});
        return false;
    }
    RouteMatch match;
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
        return true;
    }
    const std::string allowed =
        path == "*" ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" : generation.allowedMethods(path);
    if (allowed.empty()) {
        refuse(exchange, state, {error::routeNotFound});
    } else if (method == http::Method::options) {
        if (!exchange.claim(exchange.id())) return false;
        state.answer.status = 204;
        state.answer.fields.append("Allow: ").append(allowed).append("\r\n");
        deliver(exchange, state);
    } else {
        refuse(exchange, state, {error::methodNotAllowed}, "Allow", allowed);
    }
    return false;
}

namespace {

// What an authenticator says lands here.
struct Verdict {
    enum class Kind { none, accepted, rejected, missing } kind = Kind::none;
    Principal* principal = nullptr;
    std::string sentence;
    std::string challenge;

    static void accept(void* context, const mortise_principal* principal) {
        Verdict& verdict = *static_cast<Verdict*>(context);
        verdict.kind = Kind::accepted;
        verdict.principal->assign(*principal);
    }
    static void reject(void* context, mortise_view sentence, mortise_view challenge) {
        static_cast<Verdict*>(context)->keep(Kind::rejected, sentence, challenge);
    }
    static void miss(void* context, mortise_view sentence, mortise_view challenge) {
        static_cast<Verdict*>(context)->keep(Kind::missing, sentence, challenge);
    }
    void keep(Kind what, mortise_view why, mortise_view how) {
        kind = what;
        sentence = text(why);
        challenge = text(how);
    }
};

} // namespace

bool Dispatcher::authenticate(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) {
    const Route& route = *state.route;
    if (route.authentication == MORTISE_AUTHENTICATION_NONE) return true;
    const Generation& generation = *state.generation;
    const mortise_plugin_authenticator& authenticator = generation.authenticator();
    const bool loopAllowed = authenticator.placement == MORTISE_PLACEMENT_LOOP ||
                             (authenticator.placement == MORTISE_PLACEMENT_DATABASE_READ && generation.readsOnLoop());
    if (ticket == onLoop && !loopAllowed) {
        toWorker(exchange, state);
        return false;
    }
    // On a worker the state is not the worker's while the plugin runs.
    Principal apart;
    Verdict verdict;
    verdict.principal = ticket == onLoop ? &state.principal : &apart;
    const mortise_authentication authentication{sizeof(mortise_authentication),
                                                route.authentication,
                                                &verdict,
                                                &Verdict::accept,
                                                &Verdict::reject,
                                                &Verdict::miss};
    Instance& owner = *generation.authenticatorOwner();
    if (!mayCall(exchange, state, owner)) return false;
    mortise_status status;
    if (ticket == onLoop) {
        const Inside inside(*pulse_, &owner);
        status = authenticator.authenticate(owner.self(), exchange.id().value, &state.request, &authentication);
    } else {
        const http::ExchangeId id = exchange.id();
        if (!enterPlugin(exchange, state, ticket, owner)) return false;
        {
            const Runtime::OnWorker inside(runtime_, owner.name());
            status = authenticator.authenticate(owner.self(), id.value, &state.request, &authentication);
        }
        if (!leavePlugin(id, state, ticket, false)) return false;
        takeBack(state);
        if (verdict.kind == Verdict::Kind::accepted) state.principal.assign(apart.get());
    }
    if (status == MORTISE_BUSY) {
        if (ticket == onLoop)
            toWorker(exchange, state);
        else
            refuse(exchange, state, {error::busy});
        return false;
    }
    if (status != MORTISE_OK || verdict.kind == Verdict::Kind::none) {
        fail(exchange, state, owner, "it could not tell who the caller is");
        return false;
    }
    if (verdict.kind == Verdict::Kind::accepted) {
        state.request.principal = &state.principal.get();
        return true;
    }
    if (verdict.kind == Verdict::Kind::missing && route.authentication == MORTISE_AUTHENTICATION_OPTIONAL) return true;
    refuse(exchange, state, {{401, {}, verdict.sentence}}, "WWW-Authenticate", verdict.challenge);
    return false;
}

bool Dispatcher::prepareBody(http::Exchange& exchange, RequestState& state) {
    const Route& route = *state.route;
    if (!route.takesBody()) return true;
    if (!exchange.hasBody() && (route.flags & (MORTISE_ROUTE_BODY_OPTIONAL | MORTISE_ROUTE_RAW_BODY)) != 0) return true;
    const std::uint64_t limit = route.bodyLimit != 0 ? route.bodyLimit : server_->settings().limits.body_bytes;
    const bool tooLarge = exchange.contentLength().value_or(0) > limit; // 413 comes before 415; readBody says it
    const std::string_view coding = exchange.field("Content-Encoding");
    const bool isRead = route.body || route.takesFiles();
    if (!tooLarge && isRead && !coding.empty() && !http::equalsIgnoreCase(coding, "identity")) {
        // RFC 9110 section 15.5.16
        refuse(exchange, state, {error::contentCoding}, "Accept-Encoding", "identity");
        return false;
    }
    if (route.takesFiles()) {
        if (tooLarge)
            askForBody(exchange, state, exchange.readBody(limit));
        else
            beginUpload(exchange, state, limit);
        return false;
    }
    if (!tooLarge && route.body && bodyKindOf(exchange.contentType()) == BodyKind::unsupported) {
        refuse(exchange, state, {error::mediaType});
        return false;
    }
    askForBody(exchange, state, exchange.readBody(limit));
    return false;
}

void Dispatcher::askForBody(http::Exchange& exchange, RequestState& state, bool asked) {
    // Of a client that is gone nothing comes any more, so nobody else would end this.
    if (!asked) refuse(exchange, state, {error::stopping});
}

bool Dispatcher::validate(http::Exchange& exchange, RequestState& state) {
    const ServingSettings& serving = state.generation->serving();
    const auto failure = validateRequest(state, exchange.contentType(), serving);
    if (!failure) return true;
    refuse(exchange, state,
           {failure->fault, failure->details.empty() ? nullptr : &failure->details, failure->position, {}});
    return false;
}

void Dispatcher::handle(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) {
    const Route& route = *state.route;
    if (!route.role.empty()) {
        if (!state.principal.hasRole(route.role)) {
            refuse(exchange, state, {error::forbidden});
            return;
        }
    }
    state.step = Step::handling;
    handTo(state, *route.owner, ticket);
    const bool loopAllowed = route.placement == MORTISE_PLACEMENT_LOOP ||
                             (route.placement == MORTISE_PLACEMENT_DATABASE_READ && state.generation->readsOnLoop());
    if (ticket == onLoop && !loopAllowed) {
        toWorker(exchange, state);
        return;
    }
    callHandler(exchange, state, ticket);
}

void Dispatcher::callHandler(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) {
    const Route& route = *state.route;
    const http::ExchangeId id = exchange.id();
    if (!mayCall(exchange, state, *route.owner)) return;
    mortise_status status;
    if (ticket == onLoop) {
        const Inside inside(*pulse_, route.owner);
        status = route.handle(route.context, id.value, &state.request);
    } else {
        if (!enterPlugin(exchange, state, ticket, *route.owner)) return;
        {
            const Runtime::OnWorker inside(runtime_, route.owner->name());
            status = route.handle(route.context, id.value, &state.request);
        }
        if (!leavePlugin(id, state, ticket, status == MORTISE_PENDING)) return;
    }
    // From here on `state` is ours only while the exchange is open: the answer may have ended it already.
    if (status == MORTISE_PENDING) return;
    if (!exchange.isOpen(id)) {
        if (status != MORTISE_REPLIED) late(id);
        return;
    }
    if (status == MORTISE_BUSY) {
        if (ticket == onLoop)
            toWorker(exchange, state);
        else
            refuse(exchange, state, {error::busy});
        return;
    }
    fail(exchange, state, *route.owner, "its handler returned without an answer");
}

void Dispatcher::toWorker(http::Exchange& exchange, RequestState& state) {
    const std::uint64_t ticket = state.ticket.issue();
    if (runtime_.workers().trySubmit([this, &exchange, &state, ticket] { onWorker(exchange, state, ticket); })) return;
    state.ticket.clear();
    refuse(exchange, state, {error::busy});
}

void Dispatcher::onWorker(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) noexcept {
    if (!state.ticket.begin(ticket)) return;
    // Its plugins stay until they have returned, even when the request is answered before.
    const std::shared_ptr<Generation> held = state.pinned->generation;
    advance(exchange, state, ticket);
    state.ticket.end(ticket);
}

bool Dispatcher::enterPlugin(http::Exchange& exchange, RequestState& state, std::uint64_t ticket,
                             const Instance& owner) {
    const http::ExchangeId id = exchange.id();
    handTo(state, owner, ticket);
    state.ticket.enterPlugin();
    if (!state.generation->ended()) return true; // endExchanges sees where we are
    if (leavePlugin(id, state, ticket, false)) refuse(exchange, state, {error::stopping});
    return false;
}

bool Dispatcher::leavePlugin(http::ExchangeId id, RequestState& state, std::uint64_t ticket, bool kept) {
    const WorkerTicket::Back back = state.ticket.leavePlugin(ticket);
    if (back == WorkerTicket::Back::taken) server_->loop().postAlways([this, id, kept] { returned(id, kept); });
    return back == WorkerTicket::Back::mine;
}

void Dispatcher::toLoop(http::Exchange& exchange, RequestState& state) {
    const http::ExchangeId id = exchange.id();
    server_->loop().postAlways([this, id, &exchange, &state] {
        if (exchange.isOpen(id)) advance(exchange, state, onLoop);
    });
}

} // namespace mortise::host
