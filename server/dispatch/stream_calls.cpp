// SPDX-License-Identifier: Apache-2.0
// Pieces of responses as mortise.exchange/1 takes them; begin_stream is among the replies.
#include "dispatch/dispatcher.hpp"
#include "dispatch/exchange_calls.hpp"
#include "dispatch/stream.hpp"
#include "host/services.hpp"

#include <chrono>
#include <memory>

namespace mortise::dispatch::calls {
namespace {

using host::callerOf;

// The stream that the handle's turn has open; null when there is none such.
std::shared_ptr<Stream> streamOf(Instance& caller, mortise_exchange id, RequestState*& state,
                                 std::string_view call) noexcept {
    state = find(caller, id);
    auto stream = state == nullptr ? nullptr : state->streamFor(serialOf(id));
    if (stream != nullptr && state->exchange.turn().isStreaming(serialOf(id), &caller)) return stream;
    stale(caller, call);
    return nullptr;
}

void pump(RequestState& state, Stream& stream, std::uint64_t serial) noexcept {
    if (stream.askPump()) state.dispatcher.postStream(state, serial); // else a task that takes all is on its way
}

} // namespace

mortise_status write(void* self, mortise_exchange id, mortise_view data) noexcept {
    Instance& caller = callerOf(self);
    RequestState* state = nullptr;
    const auto stream = streamOf(caller, id, state, "write");
    if (stream == nullptr) return MORTISE_STALE;
    const bool onLoop = state->dispatcher.environment().isLoop() || caller.runtime().currentLoop() != 0;
    const auto wait = onLoop ? std::chrono::milliseconds(0) : caller.runtime().settings().writeTimeout;
    const auto deadline = std::chrono::steady_clock::now() + wait;
    for (;;) {
        const Stream::Put outcome = stream->put(text(data), deadline);
        if (outcome == Stream::Put::broken) return MORTISE_STALE;
        if (outcome == Stream::Put::inside)
            return invalidCall(caller, "write", "it is called by the stream's transformer");
        if (outcome == Stream::Put::full) return MORTISE_BUSY;
        pump(*state, *stream, serialOf(id));
        if (outcome == Stream::Put::taken) return MORTISE_OK;
    }
}

mortise_status endStream(void* self, mortise_exchange id, std::uint32_t complete) noexcept {
    Instance& caller = callerOf(self);
    RequestState* state = nullptr;
    const auto stream = streamOf(caller, id, state, "end_stream");
    if (stream == nullptr) return MORTISE_STALE;
    stream->end(complete != 0);
    pump(*state, *stream, serialOf(id));
    // From here on the request may be over at any moment.
    Dispatcher& dispatcher = state->dispatcher;
    switch (state->exchange.turn().endPromise(serialOf(id), &caller)) {
    case http::Turn::Record::stale:
        return MORTISE_STALE; // another thread did at this moment
    case http::Turn::Record::over:
        dispatcher.postOver(*state, serialOf(id));
        return MORTISE_OK;
    default:
        return MORTISE_OK;
    }
}

} // namespace mortise::dispatch::calls
