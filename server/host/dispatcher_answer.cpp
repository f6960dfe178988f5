// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that answers and ends exchanges.
#include "host/dispatcher.hpp"

#include "base/clock.hpp"
#include "host/abi_text.hpp"
#include "host/dispatcher_inside.hpp"
#include "host/redaction.hpp"
#include "host/response_head.hpp"
#include "host/runtime.hpp"
#include "http/field_block.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::size_t phaseRespond = 6;
constexpr std::size_t phaseFinish = 7;
constexpr std::size_t movedBodyBytes = 16 * 1024; // larger answers are handed over instead of copied

} // namespace

void Dispatcher::sweep() {
    const std::uint64_t now = server_->loop().nowMs();
    runtime_.uploads().sweep();
    server_->forEachExchange([&](http::Exchange& exchange) {
        RequestState& state = stateOf(exchange);
        if (state.transformation != nullptr) {
            if (now >= state.transformation->head.deadlineMs) cutTransformation(exchange, state);
            return;
        }
        if (state.hasStream()) return cutSilentStream(exchange, state);
        if (state.upload != nullptr && state.upload->writingSinceMs() != 0) return cutStuckUpload(exchange, state);
        const std::uint64_t deadline = state.deadlineMs.load(std::memory_order_acquire);
        if (deadline == 0 || now < deadline || state.pinned == nullptr || state.ticket.isRunning()) return;
        const bool waited = state.ticket.revoke();
        // Nobody's but the plugin's, which is in a call, or left with the request.
        if (!waited) state.ticket.takeOver();
        if (!exchange.claim(exchange.id())) return;
        const std::string_view message =
            waited ? "A request waited too long for a worker" : "A plugin did not answer a request in time";
        runtime_.log().log(
            base::Level::error, "host.http", message,
            {{"plugin", std::string_view(state.holder.load(std::memory_order_relaxed)->name())},
             {"route", state.route == nullptr ? std::string_view("none") : std::string_view(state.route->pattern)},
             {"requestId", exchange.requestId()}});
        prepareError(exchange, state, {waited ? error::busy : error::handlerTimeout});
        if (waited)
            deliver(exchange, state);
        else
            detach(exchange, state, false);
    });
}

// A stream whose plugin has not written for as long as a handler may take. One that waits for its client has the
// client's deadlines.
void Dispatcher::cutSilentStream(http::Exchange& exchange, RequestState& state) {
    const auto stream = state.streamFor(exchange.id().value);
    if (stream == nullptr) return;
    const auto quiet = stream->quietSince();
    if (!quiet || std::chrono::steady_clock::now() - *quiet < state.generation->serving().handlerTimeout) return;
    runtime_.log().log(base::Level::error, "host.http", "A plugin did not go on with an answer in time",
                       {{"route", std::string_view(state.route == nullptr ? "none" : state.route->pattern)},
                        {"requestId", exchange.requestId()}});
    stream->abort();
    pumpStream(exchange, state);
}

void Dispatcher::detach(http::Exchange& exchange, RequestState& state, bool gone) {
    const PendingAnswer& answer = state.answer;
    exchange.replyFields().append(answer.fields);
    Outgoing outgoing{answer.status,         answer.noStore, true,    answer.contentType,
                      answer.constantFields, answer.body,    nullptr, nullptr};
    state.transformable = false;
    prepareHead(exchange, state, outgoing, MORTISE_BODY_WHOLE);
    exchange.respondAndKeep({outgoing.status, outgoing.contentType, outgoing.constantFields}, outgoing.bytes());
    http::Outcome outcome;
    outcome.status = outgoing.status;
    outcome.bytes = outgoing.bytes().size();
    outcome.duration_ns = base::monotonicNs() - exchange.receivedNs();
    runFinishFilters(exchange, state, outcome);
    detached_.push_back({exchange.id(), state.generation->number(), gone});
    // A plugin that never lets go must not hold up the end of its generation. Whoever still works on the request holds
    // the generation itself.
    unpin(*std::exchange(state.pinned, nullptr));
}

void Dispatcher::late(http::ExchangeId id) {
    const http::Exchange* const exchange = runtime_.exchanges().find(id);
    if (exchange == nullptr || !exchange->isClaimed(id)) return;
    // Posted even from the loop: the caller may be inside a call that still looks at the exchange.
    server_->loop().postAlways([this, id] { releaseDetached(id); });
}

void Dispatcher::releaseDetached(http::ExchangeId id) {
    const auto found =
        std::find_if(detached_.begin(), detached_.end(), [id](const Detached& one) { return one.id == id; });
    if (found == detached_.end()) return;
    detached_.erase(found);
    // The head is legal and the client is gone as far as the exchange knows: this only ends it.
    runtime_.exchanges().find(id)->respond(http::ReplyHead{503, {}, {}}, std::string_view());
}

void Dispatcher::returned(http::ExchangeId id, bool kept) {
    for (const Detached& one : detached_)
        if (one.id == id && (one.gone || !kept)) return releaseDetached(id);
}

void Dispatcher::endExchanges(const Generation& generation) {
    server_->forEachExchange([&](http::Exchange& exchange) {
        RequestState& state = stateOf(exchange);
        if (state.pinned == nullptr || state.generation != &generation) return;
        if (state.transformation != nullptr) return answerInstead(exchange, state, {error::stopping});
        if (const auto stream = state.streamFor(exchange.id().value)) {
            stream->abort();
            pumpStream(exchange, state);
            return;
        }
        state.ticket.revoke(); // a task that has not begun never will
        // A worker that is not in a plugin comes to the end by itself: it hands nothing on any more.
        if (state.ticket.isRunning()) return;
        const bool inside = state.ticket.takeOver();
        if (!exchange.claim(exchange.id())) return; // answered this moment
        prepareError(exchange, state, {error::stopping});
        if (inside)
            detach(exchange, state, true);
        else
            deliver(exchange, state);
    });
    std::vector<http::ExchangeId> over;
    for (Detached& one : detached_) {
        if (one.generation != generation.number()) continue;
        one.gone = true;
        if (!stateOf(*runtime_.exchanges().find(one.id)).ticket.isTaken()) over.push_back(one.id);
    }
    for (const http::ExchangeId id : over) releaseDetached(id);
}

void Dispatcher::fail(http::Exchange& exchange, RequestState& state, const Instance& owner, std::string_view what) {
    const http::ExchangeId id = exchange.id();
    if (!exchange.claim(id)) {
        late(id);
        return;
    }
    runtime_.log().log(
        base::Level::error, "host.http", "A plugin failed to answer a request",
        {{"plugin", std::string_view(owner.name())}, {"reason", what}, {"requestId", exchange.requestId()}});
    const bool told = state.generation->serving().development;
    prepareError(exchange, state, {error::internal, nullptr, std::nullopt, told ? what : std::string_view()});
    deliver(exchange, state);
}

void Dispatcher::refuse(http::Exchange& exchange, RequestState& state, const ErrorAnswer& answer,
                        std::string_view field, std::string_view value) {
    const http::ExchangeId id = exchange.id();
    if (!exchange.claim(id)) {
        late(id);
        return;
    }
    prepareError(exchange, state, answer);
    if (!field.empty()) http::appendField(state.answer.fields, field, value);
    deliver(exchange, state);
}

void Dispatcher::prepareError(http::Exchange& exchange, RequestState& state, const ErrorAnswer& answer) const {
    PendingAnswer& pending = state.answer;
    pending.clear();
    const ErrorFormat format = errorFormat(exchange);
    pending.status = answer.fault.status;
    pending.contentType = mediaType(format);
    if (format == ErrorFormat::problem) http::appendField(pending.fields, "Vary", "Accept");
    writeError(pending.body, answer, exchange.requestId(), format);
}

void Dispatcher::deliver(http::Exchange& exchange, RequestState& state) {
    if (!server_->loop().inLoopThread()) {
        // Refused only when the loop has ended, and every exchange with it.
        server_->loop().postAlways([this, &exchange, &state] { deliver(exchange, state); });
        return;
    }
    PendingAnswer& answer = state.answer;
    exchange.replyFields().append(answer.fields);
    send(exchange, state,
         {answer.status,
          answer.noStore,
          true,
          answer.contentType,
          answer.constantFields,
          {},
          &answer.body,
          answer.file.file ? &answer.file : nullptr});
}

void Dispatcher::prepareHead(http::Exchange& exchange, RequestState& state, Outgoing& outgoing, std::uint32_t body) {
    ResponseHead head(exchange, state, outgoing, body);
    if (outgoing.status == 503 && head.field("Retry-After").data() == nullptr)
        head.append("Retry-After", std::to_string(state.generation->serving().retryAfterSeconds));
    for (const FilterLink& link : state.generation->filters(phaseRespond)) {
        if (link.owner->quarantined()) continue;
        mortise_response response = head.view(*link.owner);
        const Inside inside(*pulse_, link.owner);
        link.filter.on_respond(link.self, exchange.id().value, &state.request, &response, &state.slots[link.slot]);
    }
    // What depends on the caller is for nobody else, unless the plugin says how it may be kept.
    const bool personal = state.route != nullptr && state.route->authentication != MORTISE_AUTHENTICATION_NONE &&
                          head.field("Cache-Control").data() == nullptr;
    if (outgoing.noStore || personal || (state.route != nullptr && (state.route->flags & MORTISE_ROUTE_PRIVATE) != 0))
        exchange.replyFields().append("Cache-Control: no-store\r\n");
    head.settle();
}

void Dispatcher::send(http::Exchange& exchange, RequestState& state, Outgoing outgoing) {
    const bool stream = state.hasStream();
    const bool none = outgoing.status == 204 || outgoing.status == 304;
    prepareHead(exchange, state, outgoing,
                none                           ? MORTISE_BODY_NONE
                : stream                       ? MORTISE_BODY_STREAM
                : outgoing.fileBody != nullptr ? MORTISE_BODY_FILE
                                               : MORTISE_BODY_WHOLE);
    const http::ReplyHead head{outgoing.status, outgoing.contentType, outgoing.constantFields, outgoing.sized};
    if (state.transformation != nullptr) {
        Transformation::Head& later = state.transformation->head;
        later.status = head.status;
        later.contentType = head.content_type;
        later.constantFields = head.constant_fields;
    } else if (stream) {
        exchange.beginStream(head);
        pumpStream(exchange, state);
    } else if (outgoing.fileBody != nullptr) {
        exchange.respond(head, std::move(*outgoing.fileBody));
    } else if (outgoing.ownedBody != nullptr && outgoing.ownedBody->size() > movedBodyBytes) {
        exchange.respond(head, std::move(*outgoing.ownedBody));
    } else {
        exchange.respond(head, outgoing.bytes());
    }
}

void Dispatcher::pumpStream(http::Exchange& exchange, RequestState& state) {
    bool ended = false;
    bool complete = false;
    const auto stream = state.streamFor(exchange.id().value); // onFinished lets go of the state's
    if (stream == nullptr) return;
    stream->beginPump();
    std::string data = stream->take(ended, complete);
    if (!data.empty() && !exchange.write(data)) {
        stream->putBack(data);
        return;
    }
    if (!ended) return;
    if (complete)
        exchange.endStream();
    else
        exchange.abortStream();
}

void Dispatcher::onWritable(http::Exchange& exchange) noexcept {
    pumpStream(exchange, stateOf(exchange));
}

void Dispatcher::onCancelled(http::Exchange& exchange) noexcept {
    if (const auto stream = stateOf(exchange).streamFor(exchange.id().value)) stream->breakOff();
}

void Dispatcher::runFinishFilters(http::Exchange& exchange, RequestState& state,
                                  const http::Outcome& outcome) noexcept {
    const auto& chain = state.generation->filters(phaseFinish);
    if (chain.empty()) return;
    const mortise_finished finished{sizeof(mortise_finished),
                                    static_cast<std::uint32_t>(outcome.status == 0 ? 499 : outcome.status),
                                    outcome.duration_ns,
                                    outcome.bytes,
                                    exchange.bodyBytes(),
                                    server_->loop().wallMs(),
                                    view(redactTarget(exchange.target(), state.redactedUrl)),
                                    view(exchange.userAgent()),
                                    state.request.principal != nullptr ? state.principal.get().id : mortise_view{},
                                    state.route != nullptr && (state.route->flags & MORTISE_ROUTE_QUIET) != 0 ? 1u : 0u,
                                    0};
    for (const FilterLink& link : chain) {
        if (link.owner->quarantined()) continue;
        const Inside inside(*pulse_, link.owner);
        link.filter.on_finish(link.self, exchange.id().value, &state.request, &finished, &state.slots[link.slot]);
    }
}

void Dispatcher::onFinished(http::Exchange& exchange, const http::Outcome& outcome) noexcept {
    RequestState& state = stateOf(exchange);
    LoopGeneration* const pinned = state.pinned;
    if (pinned != nullptr) runFinishFilters(exchange, state, outcome);
    state.reset();
    if (pinned != nullptr) unpin(*pinned);
}

} // namespace mortise::host
