// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that lets filters of `respond` wait, or work on a worker.
#include "dispatch/dispatcher.hpp"

#include <mortise/service/routes.h>

#include <algorithm>
#include <utility>

namespace mortise::dispatch {

Flow Dispatcher::respondInTurn(RequestState& state, const FilterLink& link) {
    http::Turn& turn = state.exchange.responseTurn();
    if (!turn.isOpened()) turn.open();
    ResponseTurn& own = state.responseTurn;
    own = {};
    own.filter = &link;
    own.deadlineMs = environment_.nowMs() + static_cast<std::uint64_t>(state.serving().handlerTimeout.count());
    if (link.filter.placement != MORTISE_PLACEMENT_LOOP) return respondOnWorker(state, link);
    const std::uint64_t serial = turn.begin(link.owner);
    mortise_status status;
    {
        mortise_response response = state.head.view(*link.owner);
        response.may_wait = 1;
        const Inside inside(pulse_, *link.owner, "on_respond");
        status = link.filter.on_respond(link.filter.context, state.exchange.handle(serial).value, &state.request,
                                        &response, &state.slots[link.slot]);
    }
    own.returned = returnedAs(status);
    const http::Turn::Left leaving = turn.leave(status == MORTISE_PENDING, http::Turn::Holder::loop);
    if (leaving.isOver()) return concludeResponse(state, leaving.recorded(), leaving.second());
    arm(state, responseDue(state));
    return Flow::stop;
}

std::uint64_t Dispatcher::responseDue(const RequestState& state) noexcept {
    return std::min(state.responseTurn.deadlineMs, state.deadlineMs.load(std::memory_order_relaxed));
}

Flow Dispatcher::respondOnWorker(RequestState& state, const FilterLink& link) {
    http::Turn& turn = state.exchange.responseTurn();
    state.detached = std::make_shared<DetachedResponse>(state.head, state.exchange.response());
    const std::uint64_t serial = turn.queue();
    arm(state, responseDue(state));
    if (environment_.submit(
            [this, &state, &link, serial, token = Outstanding::Token(tasks_)] { respondAtWork(state, link, serial); },
            link.owner->waitsForDatabase()))
        return Flow::stop;
    turn.unqueue();
    attach(state);
    state.head.replaceBy(state.exchange.turn().claimed() ? ErrorResponse{error::internal} : ErrorResponse{error::busy});
    return Flow::next;
}

void Dispatcher::respondAtWork(RequestState& state, const FilterLink& link, std::uint64_t serial) noexcept {
    http::Turn& turn = state.exchange.responseTurn();
    if (!turn.start(serial)) return;
    // The filter and what it looks at stay until it has returned, even when the request is ended before.
    const std::shared_ptr<const Plan> held = state.pinned->plan;
    const std::shared_ptr<DetachedResponse> detached = state.detached;
    const std::uint64_t begun = turn.begin(link.owner);
    if (begun == 0) {
        turn.giveBack();
        environment_.post([this, &state, detached] {
            if (state.detached != detached) return; // ended meanwhile
            attach(state);
            endNow(state, state.wanted);
        });
        return;
    }
    const bool mayWait = (link.filter.flags & MORTISE_FILTER_MAY_WAIT_RESPOND) != 0;
    mortise_status status;
    {
        mortise_response response = detached->head.view(*link.owner);
        response.may_wait = mayWait ? 1 : 0;
        const Runtime::OnWorker inside(runtime_, link.owner->owner(), "on_respond");
        status = link.filter.on_respond(link.filter.context, state.exchange.handle(begun).value, &state.request,
                                        &response, &state.slots[link.slot]);
    }
    state.responseTurn.returned = returnedAs(status);
    if (!turn.leave(mayWait && status == MORTISE_PENDING).open()) postComplete(state, begun);
}

void Dispatcher::attach(RequestState& state) noexcept {
    const std::shared_ptr<DetachedResponse> detached = std::move(state.detached);
    state.detached = nullptr;
    if (detached == nullptr) return;
    state.exchange.response() = std::move(detached->response);
    state.head.take(detached->head);
}

void Dispatcher::completeResponse(RequestState& state, std::uint64_t serial) noexcept {
    http::Turn& turn = state.exchange.responseTurn();
    if (turn.serial() != serial || turn.holder() != http::Turn::Holder::plugin || turn.isOpen()) return;
    const bool ended = turn.ended();
    const bool recorded = turn.isRecorded();
    const bool second = turn.isSecond();
    turn.settle(http::Turn::Holder::loop);
    if (state.over) return settle(state);
    if (ended) return; // the host's response is on its way
    try {
        attach(state);
        if (concludeResponse(state, recorded, second) == Flow::next) drive(state, Place::loop);
    } catch (const std::exception& error) {
        if (recover(state, Place::loop, error.what()) == Flow::next) drive(state, Place::loop);
    }
}

Flow Dispatcher::concludeResponse(RequestState& state, bool isRecorded, bool second) {
    const ResponseTurn& own = state.responseTurn;
    const Instance& owner = *own.filter->owner;
    const Recorded recorded = isRecorded ? own.recorded : Recorded::nothing;
    const bool mayWait = (own.filter->filter.flags & MORTISE_FILTER_MAY_WAIT_RESPOND) != 0;
    switch (outcomeOf(TurnKind::response, recorded, own.returned, mayWait, second)) {
    case TurnOutcome::pass:
        if (recorded == Recorded::resume && !own.resumedOk) state.head.replaceBy({error::internal});
        return Flow::next;
    case TurnOutcome::respond: // abandoned, which is logged
        state.head.replaceBy({error::internal});
        return Flow::next;
    default:
        return failResponse(state, owner, faultOf(TurnKind::response, recorded, own.returned, second));
    }
}

Flow Dispatcher::failResponse(RequestState& state, const Instance& owner, std::string_view reason) {
    runtime_.log().log(
        base::Level::error, "host.http", "A plugin failed to work on a response",
        {{"plugin", std::string_view(owner.name())}, {"reason", reason}, {"requestId", state.exchange.requestId()}});
    const std::string_view message = state.serving().development ? reason : std::string_view();
    state.head.replaceBy({error::internal, nullptr, std::nullopt, message});
    return Flow::next;
}

bool Dispatcher::endResponseTurn(RequestState& state, EndReason reason, bool commits) noexcept {
    http::Turn& turn = state.exchange.responseTurn();
    const http::Turn& maker = state.exchange.turn();
    if (maker.claimed() && !maker.hasStream() && !commits) return false; // it waits for no longer than a turn may
    switch (turn.end(commits)) {
    case http::Turn::End::requested:
        if (state.wanted == EndReason::none) state.wanted = reason;
        return false;
    case http::Turn::End::committed:
        return false;
    case http::Turn::End::recorded:
        if (!turn.takeRecorded()) return false; // it takes effect
        break;
    case http::Turn::End::taken:
    case http::Turn::End::orphaned:
        break;
    }
    state.detached = nullptr;
    return true;
}

} // namespace mortise::dispatch
