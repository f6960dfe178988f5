// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that responds and ends requests.
#include "dispatch/dispatcher.hpp"

#include "base/clock.hpp"
#include "base/redaction.hpp"
#include "http/field_block.hpp"

#include <mortise/service/routes.h>

#include <algorithm>
#include <utility>

namespace mortise::dispatch {

void Dispatcher::makeError(RequestState& state, const ErrorResponse& error) const {
    http::Response& response = state.exchange.response();
    response.clear(RequestState::keptBytes);
    const ErrorFormat format = errorFormat(state.exchange);
    response.status = error.fault.status;
    response.contentType = mediaType(format);
    if (format == ErrorFormat::problem) http::appendField(response.fields, "Vary", "Accept");
    writeError(response.bytes, error, state.exchange.requestId(), format);
    response.body = http::Response::Body::bytes;
}

Flow Dispatcher::refuse(RequestState& state, Place place, const ErrorResponse& error, std::string_view field,
                        std::string_view value) {
    // After a commit nothing of the host says that nothing was done.
    const bool unsaid =
        error.fault.status == 503 && (state.exchange.turn().claimed() || state.exchange.responseTurn().claimed());
    makeError(state, unsaid ? ErrorResponse{error::internal} : error);
    if (!field.empty()) http::appendField(state.exchange.response().fields, field, value);
    return respond(state, place);
}

void Dispatcher::refuseNow(RequestState& state, const ErrorResponse& error) noexcept {
    Flow flow;
    try {
        flow = refuse(state, Place::loop, error);
    } catch (const std::exception& failure) {
        flow = recover(state, Place::loop, failure.what());
    }
    if (flow == Flow::next) drive(state, Place::loop);
}

void Dispatcher::respondNow(RequestState& state) noexcept {
    if (respond(state, Place::loop) == Flow::next) drive(state, Place::loop);
}

void Dispatcher::toWorkerNow(RequestState& state) noexcept {
    Flow flow;
    try {
        flow = toWorker(state);
    } catch (const std::exception& failure) {
        flow = recover(state, Place::loop, failure.what());
    }
    if (flow == Flow::next) drive(state, Place::loop);
}

Flow Dispatcher::fail(RequestState& state, Place place, const Instance& owner, std::string_view reason) {
    runtime_.log().log(
        base::Level::error, "host.http", "A plugin failed to answer a request",
        {{"plugin", std::string_view(owner.name())}, {"reason", reason}, {"requestId", state.exchange.requestId()}});
    const std::string_view message = state.serving().development ? reason : std::string_view();
    return refuse(state, place, {error::internal, nullptr, std::nullopt, message});
}

void Dispatcher::send(RequestState& state) {
    http::Exchange& exchange = state.exchange;
    const http::Response& response = exchange.response();
    if (response.body != http::Response::Body::stream) {
        const auto status = static_cast<std::uint64_t>(response.status);
        return finish(state, status, exchange.respond());
    }
    state.streamBytes = exchange.beginStream();
    state.streaming = true;
    const bool silent = exchange.method() == http::Method::head || response.status == 204 || response.status == 304;
    if (silent) {
        // It is complete after its head, whatever its plugin goes on to write.
        if (const auto stream = state.stream()) stream->breakOff();
        state.streaming = false;
        const std::uint64_t bytes = state.streamBytes + exchange.endStream();
        return finish(state, static_cast<std::uint64_t>(response.status), bytes);
    }
    arm(state, environment_.nowMs() + static_cast<std::uint64_t>(state.serving().handlerTimeout.count()));
    pumpStream(state);
}

void Dispatcher::finish(RequestState& state, std::uint64_t status, std::uint64_t bytes) noexcept {
    state.over = true;
    const std::span<const Step> steps = state.pipeline->finish();
    if (steps.empty())
        state.watches.end(pulse_);
    else
        finishFilters(state, steps, status, bytes);
    settle(state);
}

void Dispatcher::finishFilters(RequestState& state, std::span<const Step> steps, std::uint64_t status,
                               std::uint64_t bytes) noexcept {
    FinishRecord& record = *state.finishRecord;
    record.status = status;
    record.bytes = bytes;
    record.ns = base::monotonicNs() - state.exchange.receivedNs();
    record.wallMs = environment_.wallMs(); // here: the loop's clock is not for workers
    std::vector<const FilterLink*> onWorker;
    for (const Step& step : steps) {
        const FilterLink& link = *step.filter;
        // The filter whose turn is open gets it afterwards.
        if (state.isTurnOf(link.slot))
            state.owesFinish = &link;
        else if (step.loopOnly)
            callFinish(state, record, link, Place::loop);
        else
            onWorker.push_back(&link);
    }
    state.watches.end(pulse_);
    if (!onWorker.empty())
        finishOnWorker(state, std::make_shared<FinishCalls>(
                                  FinishCalls{std::move(onWorker), std::move(state.finishRecord), state.pinned->plan}));
}

void Dispatcher::finishOnWorker(RequestState& state, std::shared_ptr<FinishCalls> calls) {
    constexpr std::uint64_t againMs = 50;
    ++state.finishing;
    base::Task task([this, &state, calls, token = Outstanding::Token(tasks_)] {
        for (const FilterLink* const link : calls->filters) callFinish(state, *calls->record, *link, Place::worker);
        environment_.post([this, &state, calls] {
            state.finishRecord = std::move(calls->record);
            --state.finishing;
            settle(state);
        });
    });
    const bool waits = std::any_of(calls->filters.begin(), calls->filters.end(),
                                   [](const FilterLink* link) { return link->owner->waitsForDatabase(); });
    if (environment_.submit(std::move(task), waits)) return;
    environment_.after(againMs, [this, &state, calls] {
        --state.finishing;
        finishOnWorker(state, calls);
    });
}

void Dispatcher::callFinish(RequestState& state, FinishRecord& record, const FilterLink& link, Place place) noexcept {
    if (link.owner->quarantined()) return;
    http::Exchange& exchange = state.exchange;
    const bool quiet = state.route != nullptr && (state.route->flags & MORTISE_ROUTE_QUIET) != 0;
    const mortise_finished finished{sizeof(mortise_finished),
                                    static_cast<std::uint32_t>(record.status),
                                    record.ns,
                                    record.bytes,
                                    exchange.bodyBytes(),
                                    record.wallMs,
                                    view(base::redactTarget(exchange.target(), record.url)),
                                    view(base::redactText(exchange.userAgent(), record.userAgent)),
                                    state.request.principal != nullptr ? state.principal.get().id : mortise_view{},
                                    quiet ? 1u : 0u,
                                    0};
    const auto call = [&] {
        link.filter.on_finish(link.filter.context, exchange.handle(exchange.turn().first()).value, &state.request,
                              &finished, &state.slots[link.slot]);
    };
    if (place == Place::loop) {
        const Inside inside(pulse_, *link.owner, "on_finish");
        call();
    } else {
        const Runtime::OnWorker inside(runtime_, link.owner->owner(), "on_finish");
        call();
    }
}

void Dispatcher::unpin(RequestState& state) noexcept {
    LoopGeneration* const pinned = std::exchange(state.pinned, nullptr);
    if (pinned == nullptr) return;
    if (--pinned->open == 0 && pinned != &generations_.back())
        generations_.remove_if([pinned](const LoopGeneration& one) { return &one == pinned; });
    if (--leased_ == 0 && idle_) reportIdle();
}

void Dispatcher::settle(RequestState& state) noexcept {
    // Who has the turn still, or is about to report that it is over, does the rest.
    if (state.exchange.turn().holder() != http::Turn::Holder::loop || state.responseWaits() || state.finishing != 0)
        return;
    if (state.owesFinish != nullptr && !payFinish(state)) return;
    deadlines_.disarm(state);
    if (state.turnOrphaned) const_cast<Instance*>(state.turnOwner())->endOrphan();
    if (state.responseTurnOrphaned) const_cast<Instance*>(state.responseTurnOwner())->endOrphan();
    const std::shared_ptr<const Generation> data = std::move(state.data); // the last one to go
    unpin(state);
    state.reset();
    state.exchange.close();
    exchanges_.release(state.exchange);
}

bool Dispatcher::payFinish(RequestState& state) noexcept {
    const FilterLink& link = *std::exchange(state.owesFinish, nullptr);
    // The generation may have ended meanwhile: its plugin is not called once it is being stopped, nor stopped
    // meanwhile.
    const auto pin = std::make_shared<const Instance::Pin>(link.owner->shared_from_this());
    if (!link.owner->mayBeCalled()) return true;
    if (link.filter.placement != MORTISE_PLACEMENT_LOOP) {
        finishOnWorker(state, std::make_shared<FinishCalls>(FinishCalls{{&link}, std::move(state.finishRecord), pin}));
        return false;
    }
    callFinish(state, *state.finishRecord, link, Place::loop);
    return true;
}

void Dispatcher::onLost(http::Exchange& exchange) noexcept {
    RequestState& state = stateOf(exchange);
    if (state.over) return;
    if (const auto stream = state.stream()) stream->breakOff();
    http::Turn& responseTurn = exchange.responseTurn();
    if (responseTurn.holder() == http::Turn::Holder::queued) {
        static_cast<void>(responseTurn.end(true));
        state.detached = nullptr;
    }
    switch (exchange.turn().lose()) {
    case http::Turn::End::requested:
        state.wanted = EndReason::lost;
        return;
    default:
        // A plugin's turn goes on: it may commit, its reply is dropped.
        return endNow(state, EndReason::lost);
    }
}

void Dispatcher::end(RequestState& state, EndReason reason, bool commits) noexcept {
    if (state.responseWaits() && !endResponseTurn(state, reason, commits)) return;
    switch (state.exchange.turn().end(commits)) {
    case http::Turn::End::taken:
        endNow(state, state.responseWaits() && state.exchange.responseTurn().claimed() ? EndReason::none : reason);
        return orphan(state);
    case http::Turn::End::requested:
        if (state.wanted == EndReason::none) state.wanted = reason;
        return;
    case http::Turn::End::recorded:
        // Its plugin's word is there, but its call has not returned: the response goes without that.
        if (!state.exchange.turn().takeRecorded()) return;
        state.transformable = false; // that would need the lease, which the orphan has not
        if (!state.over && state.recorded == Recorded::reply)
            respondNow(state);
        else if (!state.over)
            endNow(state, reason);
        return orphan(state);
    case http::Turn::End::orphaned:
        if (!state.over) endNow(state, state.exchange.turn().claimed() ? EndReason::none : reason);
        return orphan(state);
    case http::Turn::End::committed:
        return;
    }
}

// The loop has the turn, or goes on in the place of whoever has.
void Dispatcher::endNow(RequestState& state, EndReason reason) noexcept {
    if (state.over) return settle(state);
    state.watches.cancel(pulse_);
    if (state.transformation != nullptr) {
        std::exchange(state.transformation, nullptr)->abandon();
        state.responding = false;
    }
    if (state.streaming || reason == EndReason::lost || reason == EndReason::none) {
        if (const auto stream = state.stream()) stream->abort();
        const bool begun = state.streaming;
        state.streaming = false;
        state.exchange.cut();
        return finish(state, begun ? static_cast<std::uint64_t>(state.exchange.response().status) : 499,
                      state.streamBytes);
    }
    if (const auto stream = state.stream()) stream->abort();
    state.transformable = false;
    refuseNow(state, errorFor(reason));
}

ErrorResponse Dispatcher::errorFor(EndReason reason) const {
    switch (reason) {
    case EndReason::waited:
        return {error::busy};
    case EndReason::reload:
        return {error::reloading};
    case EndReason::stop:
        return {error::stopping};
    case EndReason::upload:
        return {error::uploadStorage};
    case EndReason::quarantine:
        return {error::unavailable};
    default:
        return {error::handlerTimeout};
    }
}

void Dispatcher::orphan(RequestState& state) noexcept {
    if (state.pinned == nullptr) return; // it is over, or an orphan already
    state.turnOrphaned = state.exchange.turn().holder() == http::Turn::Holder::plugin;
    state.responseTurnOrphaned = state.exchange.responseTurn().holder() == http::Turn::Holder::plugin;
    if (!state.turnOrphaned && !state.responseTurnOrphaned) return;
    state.data = state.pinned->plan->data;
    state.pipeline = nullptr;
    deadlines_.disarm(state);
    if (state.turnOrphaned) countOrphan(state, const_cast<Instance&>(*state.turnOwner()));
    if (state.responseTurnOrphaned) countOrphan(state, const_cast<Instance&>(*state.responseTurnOwner()));
    unpin(state);
}

void Dispatcher::countOrphan(const RequestState& state, Instance& owner) noexcept {
    if (owner.beginOrphan(state.serving().maxOrphans))
        runtime_.log().log(base::Level::error, "host.http",
                           "A plugin holds more orphans than max_orphans allows; its routes get 503",
                           {{"plugin", std::string_view(owner.name())},
                            {"maximum", static_cast<std::int64_t>(state.serving().maxOrphans)}});
}

void Dispatcher::endRequests(const Generation& generation, bool commits) {
    exchanges_.forEachOpen([&](http::Exchange& exchange) {
        RequestState& state = stateOf(exchange);
        if (state.pinned == nullptr || state.generation.load(std::memory_order_relaxed) != &generation) return;
        end(state, closed_ ? EndReason::stop : EndReason::reload, commits);
    });
}

void Dispatcher::postQuarantine(std::shared_ptr<const Instance> instance) noexcept {
    environment_.post([this, instance = std::move(instance)] {
        exchanges_.forEachOpen([&](http::Exchange& exchange) {
            RequestState& state = stateOf(exchange);
            if (state.pinned == nullptr) return;
            const bool its =
                state.turnOwner() == instance.get() && exchange.turn().holder() == http::Turn::Holder::plugin;
            const bool respondsTo = state.responseWaits() && state.responseTurn.filter->owner == instance.get();
            if (its || respondsTo) end(state, EndReason::quarantine);
        });
    });
}

void Dispatcher::endTurns(const Instance& instance) {
    exchanges_.forEachOpen([&](http::Exchange& exchange) {
        RequestState& state = stateOf(exchange);
        if (exchange.responseTurn().holder() == http::Turn::Holder::plugin && state.responseTurnOwner() == &instance &&
            exchange.responseTurn().abandonPromise())
            completeResponse(state, exchange.responseTurn().serial());
        if (exchange.turn().holder() != http::Turn::Holder::plugin || state.turnOwner() != &instance) return;
        if (exchange.turn().abandonPromise()) turnOver(state, exchange.turn().serial());
    });
}

std::uint64_t Dispatcher::dueOf(const RequestState& state, EndReason& reason) const {
    constexpr std::uint64_t never = http::WheelEntry::never;
    reason = EndReason::deadline;
    const http::Turn& turn = state.exchange.turn();
    const std::uint64_t requestDue = state.deadlineMs.load(std::memory_order_relaxed);
    const std::uint64_t turnDue = std::min(requestDue, state.turnDeadlineMs.load(std::memory_order_relaxed));
    // Of a client that is gone a plugin may hold the request as long, and then it is an orphan.
    const http::Turn& responseTurn = state.exchange.responseTurn();
    if (state.over && turn.holder() == http::Turn::Holder::plugin && !turn.ended()) return turnDue;
    if (state.responseWaits() && !responseTurn.ended()) {
        if (responseTurn.holder() == http::Turn::Holder::queued) reason = EndReason::waited;
        return responseDue(state);
    }
    if (state.over) return never;
    if (state.transformation != nullptr) {
        if (!state.transformation->begun()) reason = EndReason::waited;
        return state.transformation->deadlineMs;
    }
    const auto timeout = static_cast<std::uint64_t>(state.serving().handlerTimeout.count());
    if (state.streaming) {
        // One that waits for its client has the client's deadlines.
        const auto stream = state.stream();
        const auto quiet = stream == nullptr ? std::nullopt : stream->quietSinceMs();
        return quiet.value_or(environment_.nowMs()) + timeout;
    }
    switch (turn.holder()) {
    case http::Turn::Holder::queued:
        reason = EndReason::waited;
        return turnDue;
    case http::Turn::Holder::worker:
        return requestDue;
    case http::Turn::Holder::plugin:
        return turnDue;
    case http::Turn::Holder::loop:
        break;
    }
    if (state.upload == nullptr || state.upload->writingSinceMs() == 0) return never;
    reason = EndReason::upload;
    return std::min(requestDue + (environment_.nowMs() - state.bodyAskedMs), state.upload->writingSinceMs() + timeout);
}

void Dispatcher::onDeadline(RequestState& state) noexcept {
    EndReason reason;
    const std::uint64_t due = dueOf(state, reason);
    if (due == http::WheelEntry::never) return;
    const std::uint64_t now = environment_.nowMs();
    if (now < due) return arm(state, due);
    constexpr std::uint64_t again = 1000; // where somebody else is just about to respond, or nobody else may
    arm(state, now + again);
    // After a commit only the plugin responds; a filter that does not transform what it said is a 500.
    const http::Turn& responseTurn = state.exchange.responseTurn();
    if (state.responseWaits() && responseTurn.claimed() && !responseTurn.isRecorded()) return;
    const bool transforming = state.transformation != nullptr || state.responseWaits();
    const http::Turn& turn = state.exchange.turn();
    if (turn.claimed() && !turn.isRecorded() && !transforming && !state.streaming) return;
    if (!state.over && !std::exchange(state.deadlineLogged, true)) logDeadline(state, reason);
    end(state, reason, transforming);
}

void Dispatcher::logDeadline(const RequestState& state, EndReason reason) {
    const std::string_view route = state.route == nullptr ? std::string_view("none") : state.route->pattern;
    const std::string_view requestId = state.exchange.requestId();
    if (state.responseWaits()) {
        runtime_.log().log(base::Level::error, "host.http",
                           reason == EndReason::waited ? "A response waited too long for a worker"
                                                       : "A filter did not go on with a response in time",
                           {{"plugin", std::string_view(state.responseTurn.filter->owner->name())},
                            {"route", route},
                            {"requestId", requestId}});
        return;
    }
    if (state.transformation != nullptr) {
        runtime_.log().log(
            base::Level::error, "host.http",
            reason == EndReason::waited ? "An answer waited too long for a worker"
                                        : "A filter did not transform an answer in time",
            {{"plugin", std::string_view(state.transformation->owner().name)}, {"requestId", requestId}});
        return;
    }
    const std::string_view message = reason == EndReason::waited   ? "A request waited too long for a worker"
                                     : reason == EndReason::upload ? "Uploaded files were not stored in time"
                                     : state.streaming             ? "A plugin did not go on with an answer in time"
                                                                   : "A plugin did not answer a request in time";
    const bool plugins = state.exchange.turn().holder() == http::Turn::Holder::plugin;
    runtime_.log().log(base::Level::error, "host.http", message,
                       {{"plugin", plugins ? std::string_view(state.turnOwner()->name()) : std::string_view("none")},
                        {"route", route},
                        {"requestId", requestId}});
}

} // namespace mortise::dispatch
