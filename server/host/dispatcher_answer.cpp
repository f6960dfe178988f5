// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that answers and ends exchanges.
#include "host/dispatcher.hpp"

#include "base/clock.hpp"
#include "host/abi_text.hpp"
#include "host/dispatcher_inside.hpp"
#include "host/redaction.hpp"
#include "host/runtime.hpp"
#include "http/field_block.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::size_t phaseRespond = 6;
constexpr std::size_t phaseFinish = 7;
constexpr std::size_t movedBodyBytes = 16 * 1024; // larger answers are handed over instead of copied
constexpr std::string_view jsonType = "application/json; charset=utf-8";

} // namespace

void Dispatcher::sweep() {
    const std::uint64_t now = server_->loop().nowMs();
    server_->forEachOpen([&](http::Exchange& exchange) {
        RequestState& state = stateOf(exchange);
        const std::uint64_t deadline = state.deadlineMs.load(std::memory_order_relaxed);
        if (deadline == 0 || now < deadline || !exchange.claim(exchange.id())) return;
        runtime_.log().log(base::Level::error, "host.http", "A plugin did not answer a request in time",
                           {{"plugin", std::string_view(state.route->owner->name())},
                            {"route", std::string_view(state.route->pattern)},
                            {"requestId", exchange.requestId()}});
        prepareError(exchange, state, {503, sentence::timeout, nullptr, std::nullopt, {}});
        detach(exchange, state);
    });
}

void Dispatcher::detach(http::Exchange& exchange, RequestState& state) {
    const PendingAnswer& answer = state.answer;
    exchange.replyFields().append(answer.fields);
    addResponseFields(exchange, state, answer.status, answer.constantFields, answer.noStore);
    exchange.respondAndKeep({answer.status, answer.contentType, answer.constantFields}, answer.body);
    http::Outcome outcome;
    outcome.status = answer.status;
    outcome.bytes = answer.body.size();
    outcome.duration_ns = base::monotonicNs() - exchange.receivedNs();
    runFinishFilters(exchange, state, outcome);
    detached_.push_back({exchange.id(), state.route->owner});
    state.detached.store(exchange.id().value, std::memory_order_release);
    // A plugin that never lets go must not hold up the end of its generation. Whoever still works on the request holds
    // the generation itself.
    unpin(*std::exchange(state.pinned, nullptr));
}

void Dispatcher::late(http::ExchangeId id) {
    http::Exchange* const exchange = runtime_.exchanges().find(id);
    if (exchange == nullptr || !exchange->hasAttachment() ||
        stateOf(*exchange).detached.load(std::memory_order_acquire) != id.value)
        return;
    // Posted even from the loop: the caller may be inside a call that still looks at the exchange.
    server_->loop().post([this, id] { releaseDetached(id); });
}

void Dispatcher::releaseDetached(http::ExchangeId id) {
    const auto found =
        std::find_if(detached_.begin(), detached_.end(), [id](const Detached& one) { return one.id == id; });
    if (found == detached_.end()) return;
    detached_.erase(found);
    // The head is legal and the client is gone as far as the exchange knows: this only ends it.
    runtime_.exchanges().find(id)->respond(http::ReplyHead{503, {}, {}}, std::string_view());
}

void Dispatcher::endExchangesOf(const Instance& owner) {
    server_->forEachOpen([&](http::Exchange& exchange) {
        RequestState& state = stateOf(exchange);
        const bool handed = state.deadlineMs.load(std::memory_order_acquire) != 0;
        if (!handed || state.route->owner != &owner) return;
        refuse(exchange, state, {503, sentence::stopping, nullptr, std::nullopt, {}});
    });
    const std::vector<Detached> detached = detached_;
    for (const Detached& one : detached)
        if (one.owner == &owner) releaseDetached(one.id);
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
    prepareError(exchange, state, {500, sentence::internal, nullptr, std::nullopt, told ? what : std::string_view()});
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
    pending.status = answer.status;
    pending.contentType = jsonType;
    writeError(pending.body, answer, exchange.requestId());
}

void Dispatcher::deliver(http::Exchange& exchange, RequestState& state) {
    if (!server_->loop().inLoopThread()) {
        // Refused only when the loop has ended, and every exchange with it.
        server_->loop().post([this, &exchange, &state] { deliver(exchange, state); });
        return;
    }
    PendingAnswer& answer = state.answer;
    exchange.replyFields().append(answer.fields);
    send(exchange, state, {answer.status, answer.noStore, answer.contentType, answer.constantFields, {}, &answer.body});
}

void Dispatcher::addResponseFields(http::Exchange& exchange, RequestState& state, int status,
                                   std::string_view constantFields, bool noStore) {
    if (status == 503 && !http::hasField(exchange.replyFields(), "Retry-After") &&
        !http::hasField(constantFields, "Retry-After"))
        exchange.appendReplyField("Retry-After", std::to_string(state.generation->serving().retryAfterSeconds));
    for (const FilterLink& link : state.generation->filters(phaseRespond)) {
        mortise_response response{sizeof(mortise_response), static_cast<std::uint32_t>(status), &exchange,
                                  [](void* context, mortise_view name, mortise_view value) -> mortise_status {
                                      auto& target = *static_cast<http::Exchange*>(context);
                                      return target.appendReplyField(text(name), text(value)) ? MORTISE_OK
                                                                                              : MORTISE_INVALID;
                                  }};
        const Inside inside(*pulse_, link.owner);
        link.filter.on_respond(link.self, exchange.id().value, &state.request, &response, &state.slots[link.slot]);
    }
    if (noStore || (state.route != nullptr && (state.route->flags & MORTISE_ROUTE_PRIVATE) != 0))
        exchange.replyFields().append("Cache-Control: no-store\r\n");
}

void Dispatcher::send(http::Exchange& exchange, RequestState& state, const Outgoing& outgoing) {
    addResponseFields(exchange, state, outgoing.status, outgoing.constantFields, outgoing.noStore);
    const http::ReplyHead head{outgoing.status, outgoing.contentType, outgoing.constantFields};
    if (state.streamOf.load(std::memory_order_acquire) != 0) {
        exchange.beginStream(head);
        pumpStream(exchange, state);
    } else if (outgoing.ownedBody != nullptr && outgoing.ownedBody->size() > movedBodyBytes) {
        exchange.respond(head, std::move(*outgoing.ownedBody));
    } else {
        exchange.respond(head, outgoing.ownedBody != nullptr ? std::string_view(*outgoing.ownedBody) : outgoing.body);
    }
}

void Dispatcher::pumpStream(http::Exchange& exchange, RequestState& state) {
    bool ended = false;
    bool complete = false;
    const auto stream = state.stream; // onFinished lets go of the state's
    if (stream == nullptr) return;
    std::string data = stream->take(ended, complete);
    if (!data.empty() && !exchange.write(data)) {
        stream->putBack(std::move(data));
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
    RequestState& state = stateOf(exchange);
    if (state.stream != nullptr) state.stream->breakOff();
}

void Dispatcher::runFinishFilters(http::Exchange& exchange, RequestState& state,
                                  const http::Outcome& outcome) noexcept {
    const auto& chain = state.generation->filters(phaseFinish);
    if (chain.empty()) return;
    const mortise_finished finished{sizeof(mortise_finished),
                                    static_cast<std::uint32_t>(outcome.status == 0 ? 499 : outcome.status),
                                    outcome.duration_ns,
                                    outcome.bytes,
                                    exchange.body().size(),
                                    server_->loop().wallMs(),
                                    view(redactTarget(exchange.target(), state.redactedUrl)),
                                    view(exchange.userAgent()),
                                    state.request.principal != nullptr ? state.principal.id : mortise_view{},
                                    state.route != nullptr && (state.route->flags & MORTISE_ROUTE_QUIET) != 0 ? 1u : 0u,
                                    0};
    for (const FilterLink& link : chain) {
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
