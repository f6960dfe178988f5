// SPDX-License-Identifier: Apache-2.0
#include "dispatch/dispatcher.hpp"

#include "http/field_block.hpp"

#include <algorithm>
#include <utility>

namespace mortise::dispatch {
namespace {

void setClient(mortise_request& request, const http::Exchange& exchange) noexcept {
    using Family = base::IpAddress::Family;
    const base::IpAddress& client = exchange.client();
    request.client_address = view(exchange.clientText());
    request.client_network = base::clientNetwork(client, exchange.settings().client_ipv6_prefix).leadingBits();
    request.client_family = client.family() == Family::v4     ? MORTISE_CLIENT_IPV4
                            : client.family() == Family::none ? MORTISE_CLIENT_LOCAL
                            : client.isUnspecified()          ? MORTISE_CLIENT_UNKNOWN
                                                              : MORTISE_CLIENT_IPV6;
    if (!exchange.isClientKnown()) request.flags |= MORTISE_REQUEST_CLIENT_UNKNOWN;
}

} // namespace

Dispatcher::Dispatcher(Runtime& runtime, ExchangeTable& table, http::BodyBudget& bodies, Environment& environment)
    : runtime_(runtime),
      table_(table),
      environment_(environment),
      pulse_(environment.pulse()),
      deadlines_(environment, [this](http::WheelEntry& entry) { onDeadline(static_cast<RequestState&>(entry)); }),
      exchanges_(table, bodies,
                 [this](http::Exchange& exchange) { return std::make_unique<RequestState>(*this, exchange); }) {
    table_.join(*this);
}

Dispatcher::~Dispatcher() {
    table_.leave(*this);
    tasks_.wait();
}

void Dispatcher::publish(std::shared_ptr<const Plan> plan) {
    table_.know(plan->data);
    generations_.push_back({std::move(plan), 0});
    if (generations_.size() == 1) return;
    const auto replaced = std::prev(generations_.end(), 2);
    if (replaced->open == 0) generations_.erase(replaced);
}

void Dispatcher::close(std::shared_ptr<const Plan> empty) {
    publish(std::move(empty));
    closed_ = true;
}

void Dispatcher::whenIdle(base::Task&& idle) {
    idle_ = std::move(idle);
    if (leased_ == 0) reportIdle();
}

void Dispatcher::reportIdle() noexcept {
    base::Task idle = std::move(idle_);
    if (idle) idle();
}

http::Exchange* Dispatcher::acquire() noexcept {
    return exchanges_.acquire();
}

void Dispatcher::release(http::Exchange& exchange) noexcept {
    exchange.cancelReservation();
    exchanges_.release(exchange);
}

void Dispatcher::begin(RequestState& state) {
    const http::Exchange& exchange = state.exchange;
    state.handOut();
    state.pinned = &generations_.back();
    ++state.pinned->open;
    ++leased_;
    const Plan& plan = *state.pinned->plan;
    state.generation.store(plan.data.get(), std::memory_order_release);
    state.generationNumber.store(plan.data->number(), std::memory_order_release);
    state.pipeline = &plan.pipeline;
    if (plan.pipeline.finishesOnWorker()) state.exchange.askForViews();
    state.deadlineMs.store(environment_.nowMs() +
                               static_cast<std::uint64_t>(plan.data->serving().requestTimeout.count()),
                           std::memory_order_relaxed);
    state.slots.assign(plan.data->filterSlots(), 0);
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
    request.fields = state.fields.data();
    request.received_ms = exchange.receivedWallMs();
    request.generation = plan.data->number();
    setClient(request, exchange);
    state.keepRequestId(exchange.requestId());
    if (exchange.mayHaveFieldOf(StatedTrace::names)) state.statedTrace.read(state.fields, exchange.turn().first());
    state.watches.open();
    request.deadline = state.deadlineMs.load(std::memory_order_relaxed);
}

void Dispatcher::onHead(http::Exchange& exchange) noexcept {
    RequestState& state = stateOf(exchange);
    begin(state);
    if (closed_) return refuseNow(state, {error::stopping});
    state.cursor = state.pipeline->begin();
    drive(state, Place::loop);
}

void Dispatcher::onMalformed(http::Exchange& exchange, const http::Fault& fault) noexcept {
    RequestState& state = stateOf(exchange);
    if (state.pinned == nullptr) begin(state);
    state.malformed = true;
    runtime_.log().log(base::Level::debug, "host.http", "Refused a malformed request",
                       {{"code", fault.code},
                        {"status", static_cast<std::int64_t>(fault.status)},
                        {"ip", exchange.clientText()},
                        {"requestId", exchange.requestId()}});
    refuseNow(state, {fault});
}

void Dispatcher::drive(RequestState& state, Place place) noexcept {
    for (;;) {
        try {
            for (;;) {
                const Step& step = *state.cursor;
                if (place == Place::worker && step.loopOnly) return handBack(state, HandBack::drive);
                ++state.cursor;
                if (step.run(*this, state, step, place) == Flow::stop) return;
            }
        } catch (const std::exception& error) {
            if (recover(state, place, error.what()) == Flow::stop) return;
        }
    }
}

Flow Dispatcher::recover(RequestState& state, Place place, std::string_view reason) noexcept {
    runtime_.log().log(base::Level::error, "host.http", "A request could not be handled",
                       {{"reason", reason}, {"requestId", state.exchange.requestId()}});
    if (place == Place::loop && state.transformation != nullptr)
        std::exchange(state.transformation, nullptr)->abandon(); // it was of the response that is replaced
    try {
        // A stream that has begun, or a connection that was cut, takes no other response.
        const bool late = place == Place::loop && (state.streaming || !state.exchange.isCarried());
        if (!late && !std::exchange(state.recovered, true)) return refuse(state, place, {error::internal});
    } catch (const std::exception&) { // out of memory
    }
    if (place == Place::worker)
        handBack(state, HandBack::cut);
    else
        endNow(state, EndReason::none);
    return Flow::stop;
}

void Dispatcher::readBody(RequestState& state, std::uint64_t limit) {
    state.bodyAskedMs = environment_.nowMs();
    // Of a client that is gone nothing comes any more, so nobody else would end this.
    if (!state.exchange.readBody(limit)) refuseNow(state, {error::unavailable});
}

void Dispatcher::onBody(http::Exchange& exchange) noexcept {
    RequestState& state = stateOf(exchange);
    // Receiving it does not count.
    const std::uint64_t received = environment_.nowMs() - state.bodyAskedMs;
    state.request.deadline += received;
    state.deadlineMs.store(state.request.deadline, std::memory_order_relaxed);
    if (state.upload != nullptr) return endUpload(state);
    state.request.body = view(exchange.body());
    if (exchange.body().size() > parsedOnLoopBytes)
        toWorkerNow(state);
    else
        drive(state, Place::loop);
}

Flow Dispatcher::toWorker(RequestState& state, bool waits) {
    state.mayWaitForDatabase = waits || mayWaitForDatabase(state);
    http::Turn& turn = state.exchange.turn();
    const std::uint64_t serial = turn.queue();
    const std::uint64_t due = environment_.nowMs() + static_cast<std::uint64_t>(state.serving().handlerTimeout.count());
    state.turnDeadlineMs.store(due, std::memory_order_relaxed);
    arm(state, std::min(due, state.deadlineMs.load(std::memory_order_relaxed)));
    if (environment_.submit([this, &state, serial, token = Outstanding::Token(tasks_)] { work(state, serial); },
                            state.mayWaitForDatabase))
        return Flow::stop;
    turn.unqueue();
    return refuse(state, Place::loop, {error::busy});
}

bool Dispatcher::mayWaitForDatabase(const RequestState& state) noexcept {
    if (state.route == nullptr) return false;
    const Instance* const authenticator = state.generation.load(std::memory_order_relaxed)->authenticatorOwner();
    return state.route->owner->waitsForDatabase() || (state.route->authentication != MORTISE_AUTHENTICATION_NONE &&
                                                      authenticator != nullptr && authenticator->waitsForDatabase());
}

void Dispatcher::work(RequestState& state, std::uint64_t serial) noexcept {
    if (!state.exchange.turn().start(serial)) return;
    // Its plugins stay until they have returned, even when the request is ended before.
    const std::shared_ptr<const Plan> held = state.pinned->plan;
    drive(state, Place::worker);
}

void Dispatcher::handBack(RequestState& state, HandBack next) noexcept {
    // The word says "worker" until the loop looks: the request cannot end before.
    environment_.post([this, &state, next] { takeBack(state, next); });
}

void Dispatcher::takeBack(RequestState& state, HandBack next) noexcept {
    // A response that is made already goes out, unless there is nobody to read it.
    if (state.exchange.turn().giveBack() && (next != HandBack::respond || state.wanted == EndReason::lost))
        return endNow(state, state.wanted);
    if (next == HandBack::cut) return endNow(state, EndReason::none);
    if (next == HandBack::respond) return respondNow(state);
    drive(state, Place::loop);
}

bool Dispatcher::isTurn(const RequestState& state, std::uint64_t serial) const noexcept {
    const http::Turn& turn = state.exchange.turn();
    return turn.serial() == serial && turn.holder() == http::Turn::Holder::plugin;
}

// What is not simply over when a plugin's call has returned.
Flow Dispatcher::left(RequestState& state, Place place, std::uint64_t serial, const http::Turn::Left& leaving,
                      const Instance& owner, std::string_view fault) {
    const bool gone = leaving.ended() || leaving.wanted();
    if (!gone && leaving.stream()) {
        if (!fault.empty()) {
            char id[RequestState::requestIdBytes];
            const std::size_t size = table_.copyRequestId(state.exchange.handle(serial).value, id);
            runtime_.log().log(base::Level::error, "host.http", "A plugin failed to answer a request",
                               {{"plugin", std::string_view(owner.name())},
                                {"reason", fault},
                                {"requestId", std::string_view(id, size)}});
            if (const auto stream = state.streamFor(serial)) stream->abort();
        }
        // On the loop its head could not go before.
        if (place == Place::worker)
            postStream(state, serial);
        else if (!state.responding)
            startStream(state);
    }
    if (!leaving.open()) {
        if (place == Place::worker)
            postOver(state, serial);
        else
            turnOver(state, serial);
        return Flow::stop;
    }
    if (place == Place::loop && !gone && !leaving.stream()) {
        const std::uint64_t due =
            environment_.nowMs() + static_cast<std::uint64_t>(state.serving().handlerTimeout.count());
        state.turnDeadlineMs.store(due, std::memory_order_relaxed);
        arm(state, std::min(due, state.deadlineMs.load(std::memory_order_relaxed)));
    }
    return Flow::stop;
}

Flow Dispatcher::conclude(RequestState& state, Place place, TurnOutcome outcome, bool second) {
    switch (outcome) {
    case TurnOutcome::pass:
        if (state.recorded != Recorded::resume || state.resumedOk) return Flow::next;
        return refuse(state, place, {error::internal});
    case TurnOutcome::respond:
        return respond(state, place);
    case TurnOutcome::verdict:
        return applyVerdict(state, place);
    case TurnOutcome::retry:
        if (place == Place::worker) return refuse(state, place, {error::busy});
        --state.cursor;
        return toWorker(state);
    default:
        return fail(state, place, *state.turnOwner(), faultOf(state.turnKind, state.recorded, state.returned, second));
    }
}

Flow Dispatcher::applyVerdict(RequestState& state, Place place) {
    const Verdict& verdict = state.verdict;
    if (verdict.kind == Verdict::Kind::accepted) {
        state.request.principal = &state.principal.get();
        return Flow::next;
    }
    const bool optional = state.route->authentication == MORTISE_AUTHENTICATION_OPTIONAL;
    if (verdict.kind == Verdict::Kind::missing && optional) return Flow::next;
    return refuse(state, place, {{401, {}, verdict.message}}, "WWW-Authenticate", verdict.challenge);
}

void Dispatcher::postComplete(RequestState& state, std::uint64_t serial) noexcept {
    environment_.post([this, &state, serial] { complete(state, serial); });
}

void Dispatcher::postOver(RequestState& state, std::uint64_t serial) noexcept {
    environment_.post([this, &state, serial] { turnOver(state, serial); });
}

void Dispatcher::complete(RequestState& state, std::uint64_t serial) noexcept {
    if (serial >= http::Handle::response_serials) return completeResponse(state, serial);
    http::Turn& turn = state.exchange.turn();
    if (!isTurn(state, serial) || !turn.isRecorded() || turn.isInCall() || turn.ended()) return;
    const bool second = turn.isSecond();
    turn.settle(http::Turn::Holder::loop);
    deadlines_.disarm(state);
    if (state.over) return settle(state);
    try {
        const TurnOutcome outcome =
            outcomeOf(state.turnKind, state.recorded, state.returned, state.turnMayWait, second);
        if (conclude(state, Place::loop, outcome, second) == Flow::next) drive(state, Place::loop);
    } catch (const std::exception& error) {
        if (recover(state, Place::loop, error.what()) == Flow::next) drive(state, Place::loop);
    }
}

void Dispatcher::turnOver(RequestState& state, std::uint64_t serial) noexcept {
    if (serial >= http::Handle::response_serials) return completeResponse(state, serial);
    if (!isTurn(state, serial) || state.exchange.turn().isOpen()) return;
    state.exchange.turn().settle(http::Turn::Holder::loop);
    if (state.over) settle(state);
}

} // namespace mortise::dispatch
