// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that has answers transformed.
#include "host/dispatcher.hpp"
#include "host/instance.hpp"
#include "host/runtime.hpp"
#include "host/transformation.hpp"

#include <exception>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::size_t loopBytes = 8 * 1024; // more is transformed on a worker

} // namespace

mortise_status Dispatcher::transform(http::Exchange& exchange, RequestState& state, Outgoing& outgoing,
                                     const mortise_transformer& theirs, const Instance& owner) noexcept {
    std::unique_ptr<Transformer> transformer;
    try {
        transformer = std::make_unique<Transformer>(theirs, state.pinned->generation, owner.name());
        if (exchange.method() == http::Method::head) {
            // RFC 9110 section 9.3.2: what only the making of the content would tell may be left out.
            outgoing.sized = false;
            return MORTISE_OK;
        }
        if (state.hasStream()) return transformStream(exchange, state, transformer, owner);
        if (outgoing.bytes().size() > loopBytes) return transformOnWorker(exchange, state, outgoing, transformer);
        std::string made;
        if (transformer->chunk(outgoing.bytes(), true, false, made)) {
            state.answer.body = std::move(made);
            outgoing.ownedBody = &state.answer.body;
            return MORTISE_OK;
        }
    } catch (const std::exception&) { // out of memory
    }
    if (transformer != nullptr) transformer->release();
    return MORTISE_ERROR;
}

mortise_status Dispatcher::transformOnWorker(http::Exchange& exchange, RequestState& state, Outgoing& outgoing,
                                             std::unique_ptr<Transformer>& transformer) {
    const auto made = std::make_shared<Transformation>();
    made->give(transformer,
               outgoing.ownedBody != nullptr ? std::move(*outgoing.ownedBody) : std::string(outgoing.body));
    made->head.deadlineMs =
        server_->loop().nowMs() + static_cast<std::uint64_t>(state.generation->serving().handlerTimeout.count());
    const http::ExchangeId id = exchange.id();
    const bool accepted = runtime_.workers().trySubmit([this, id, made] {
        {
            const Runtime::OnWorker inside(runtime_, made->owner());
            made->run();
        }
        server_->loop().postAlways([this, id, made] { endTransformation(id, *made); });
    });
    if (accepted) {
        state.transformation = made;
        outgoing.ownedBody = nullptr;
        outgoing.body = {};
        return MORTISE_OK;
    }
    std::string body = made->takeBack();
    if (outgoing.ownedBody != nullptr) *outgoing.ownedBody = std::move(body);
    return MORTISE_BUSY;
}

mortise_status Dispatcher::transformStream(http::Exchange& exchange, RequestState& state,
                                           std::unique_ptr<Transformer>& transformer, const Instance& owner) {
    const http::ExchangeId id = exchange.id();
    const std::shared_ptr<Stream> stream = state.streamFor(id.value);
    if (stream->attach(std::move(transformer)) <= loopBytes) {
        stream->transform();
        return MORTISE_OK;
    }
    const std::string& name = owner.name();
    const bool accepted = runtime_.workers().trySubmit([this, id, stream, &name] {
        {
            const Runtime::OnWorker inside(runtime_, name);
            stream->transform();
        }
        server_->loop().postAlways([this, id, stream] {
            http::Exchange* const open = runtime_.exchanges().find(id);
            if (open != nullptr && stateOf(*open).streamFor(id.value) == stream) pumpStream(*open, stateOf(*open));
        });
    });
    if (accepted) return MORTISE_OK;
    transformer = stream->detach();
    if (transformer == nullptr) return MORTISE_OK;
    transformer->release();
    return MORTISE_BUSY;
}

void Dispatcher::endTransformation(http::ExchangeId id, Transformation& made) {
    http::Exchange* const exchange = runtime_.exchanges().find(id);
    if (exchange == nullptr || !exchange->isClaimed(id)) return;
    RequestState& state = stateOf(*exchange);
    if (state.transformation.get() != &made) return;
    if (made.succeeded()) {
        state.transformation.reset();
        exchange->respond({made.head.status, made.head.contentType, made.head.constantFields}, made.takeResult());
        return;
    }
    runtime_.log().log(base::Level::error, "host.http", "A filter failed to transform an answer",
                       {{"plugin", std::string_view(made.owner())}, {"requestId", exchange->requestId()}});
    answerInstead(*exchange, state, {error::internal});
}

void Dispatcher::cutTransformation(http::Exchange& exchange, RequestState& state) {
    const Transformation& made = *state.transformation;
    const bool begun = made.begun();
    runtime_.log().log(base::Level::error, "host.http",
                       begun ? "A filter did not transform an answer in time"
                             : "An answer waited too long for a worker",
                       {{"plugin", std::string_view(made.owner())}, {"requestId", exchange.requestId()}});
    answerInstead(exchange, state, {begun ? error::handlerTimeout : error::busy});
}

void Dispatcher::answerInstead(http::Exchange& exchange, RequestState& state, const ErrorAnswer& answer) {
    std::exchange(state.transformation, nullptr)->abandon();
    state.transformable = false;
    exchange.replyFields().clear();
    prepareError(exchange, state, answer);
    deliver(exchange, state);
}

} // namespace mortise::host
