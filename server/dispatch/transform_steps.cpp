// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that has responses transformed.
#include "dispatch/dispatcher.hpp"

#include <exception>
#include <utility>

namespace mortise::dispatch {
namespace {

constexpr std::size_t loopBytes = 8 * 1024; // more is transformed on a worker

} // namespace

mortise_status Dispatcher::transform(RequestState& state, const mortise_transformer& theirs,
                                     const Instance& owner) noexcept {
    std::unique_ptr<Transformer> transformer;
    try {
        http::Response& response = state.exchange.response();
        // Its plugin stays until it is freed. In the place of an orphan nothing is transformed, so there is a lease.
        transformer = std::make_unique<Transformer>(
            theirs, state.pinned->plan, owner.owner(), &owner,
            [](const void* plugin) noexcept { return !static_cast<const Instance*>(plugin)->quarantined(); });
        if (state.exchange.method() == http::Method::head) {
            // RFC 9110 section 9.3.2: what only the making of the content would say may be left out.
            response.sized = false;
            return MORTISE_OK;
        }
        if (response.body == http::Response::Body::stream) return transformStream(state, transformer, owner);
        if (response.view().size() > loopBytes) return transformOnWorker(state, transformer);
        std::string made;
        if (transformer->chunk(response.view(), true, false, made)) {
            response.setBytes(std::move(made));
            return MORTISE_OK;
        }
    } catch (const std::exception&) { // out of memory
    }
    if (transformer != nullptr) transformer->giveBack();
    return MORTISE_ERROR;
}

mortise_status Dispatcher::transformOnWorker(RequestState& state, std::unique_ptr<Transformer>& transformer) {
    http::Response& response = state.exchange.response();
    const auto made = std::make_shared<Transformation>();
    const bool owned = response.body == http::Response::Body::bytes;
    made->give(transformer, owned ? std::move(response.bytes) : std::string(response.view()));
    made->deadlineMs = environment_.nowMs() + static_cast<std::uint64_t>(state.serving().handlerTimeout.count());
    const bool accepted = environment_.submit(
        [this, &state, made, token = Outstanding::Token(tasks_)] {
            {
                const Runtime::OnWorker inside(runtime_, made->owner(), "transform");
                made->run();
            }
            environment_.post([this, &state, made] { endTransformation(state, made); });
        },
        false);
    if (accepted) {
        response.dropBody();
        state.transformation = made;
        arm(state, made->deadlineMs);
        return MORTISE_OK;
    }
    std::string body = made->takeBack();
    if (owned) response.bytes = std::move(body);
    return MORTISE_BUSY;
}

mortise_status Dispatcher::transformStream(RequestState& state, std::unique_ptr<Transformer>& transformer,
                                           const Instance& owner) {
    const std::shared_ptr<Stream> stream = state.stream();
    if (stream == nullptr) return MORTISE_ERROR;
    if (stream->attach(std::move(transformer)) <= loopBytes) {
        stream->transform();
        return MORTISE_OK;
    }
    const base::CodeOwner& code = owner.owner();
    const bool accepted = environment_.submit(
        [this, &state, stream, &code, token = Outstanding::Token(tasks_)] {
            {
                const Runtime::OnWorker inside(runtime_, code, "transform");
                stream->transform();
            }
            environment_.post([this, &state, stream] {
                if (state.stream() == stream) pumpStream(state);
            });
        },
        false);
    if (accepted) return MORTISE_OK;
    transformer = stream->detach();
    if (transformer == nullptr) return MORTISE_OK;
    transformer->giveBack();
    return MORTISE_BUSY;
}

void Dispatcher::endTransformation(RequestState& state, const std::shared_ptr<Transformation>& made) noexcept {
    if (state.transformation != made) return; // the response went without it
    made->done = true;
    if (state.headSettled) sendWhenMade(state); // else once the filters have all been at it
}

void Dispatcher::sendWhenMade(RequestState& state) noexcept {
    if (state.transformation != nullptr && !state.transformation->done) return;
    try {
        if (state.transformation == nullptr)
            send(state);
        else
            sendTransformed(state);
    } catch (const std::exception& error) {
        if (recover(state, Place::loop, error.what()) == Flow::next) drive(state, Place::loop);
    }
}

void Dispatcher::sendTransformed(RequestState& state) {
    const std::shared_ptr<Transformation> made = std::move(state.transformation);
    if (made->succeeded()) {
        state.exchange.response().setBytes(made->takeResult());
        return send(state);
    }
    runtime_.log().log(base::Level::error, "host.http", "A filter failed to transform an answer",
                       {{"plugin", std::string_view(made->owner().name)}, {"requestId", state.exchange.requestId()}});
    state.transformable = false;
    refuseNow(state, {error::internal});
}

} // namespace mortise::dispatch
