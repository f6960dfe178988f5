// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that sends responses in pieces.
#include "dispatch/dispatcher.hpp"

namespace mortise::dispatch {

void Dispatcher::postStream(RequestState& state, std::uint64_t serial) noexcept {
    environment_.post([this, &state, serial] {
        if (state.streamFor(serial) == nullptr) return; // over
        startStream(state);
        pumpStream(state);
    });
}

void Dispatcher::startStream(RequestState& state) noexcept {
    if (!state.responding && !state.over) respondNow(state);
}

void Dispatcher::pumpStream(RequestState& state) noexcept {
    const auto stream = state.stream();
    if (stream == nullptr || !state.streaming) return;
    try {
        sendPieces(state, *stream);
    } catch (const std::exception& error) {
        if (recover(state, Place::loop, error.what()) == Flow::next) drive(state, Place::loop);
    }
}

void Dispatcher::sendPieces(RequestState& state, Stream& stream) {
    bool ended = false;
    bool complete = false;
    stream.beginPump();
    const std::string data = stream.take(ended, complete);
    if (!data.empty()) {
        const auto written = state.exchange.write(data);
        if (!written) return stream.putBack(data);
        state.streamBytes += *written;
    }
    if (!ended) return;
    if (complete)
        state.streamBytes += state.exchange.endStream();
    else
        state.exchange.cut();
    state.streaming = false;
    finish(state, static_cast<std::uint64_t>(state.exchange.response().status), state.streamBytes);
}

void Dispatcher::onWritable(http::Exchange& exchange) noexcept {
    pumpStream(stateOf(exchange));
}

} // namespace mortise::dispatch
