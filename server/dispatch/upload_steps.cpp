// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that takes multipart bodies: parsed on the loop, written to the disk by workers, a batch at a
// time.
#include "dispatch/dispatcher.hpp"

#include "http/multipart.hpp"

#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace mortise::dispatch {

void Dispatcher::beginUpload(RequestState& state, std::uint64_t limit) {
    http::Exchange& exchange = state.exchange;
    const auto boundary = http::multipartBoundary(exchange.contentType());
    if (!boundary) {
        refuseNow(state,
                  {http::isMultipartForm(exchange.contentType()) ? http::fault::badMultipart : error::mediaType});
        return;
    }
    state.upload = std::make_unique<Upload>(*boundary, state.serving().uploads, runtime_.uploads());
    if (!chargeUpload(state, 0)) return;
    state.bodyAskedMs = environment_.nowMs();
    if (!exchange.readBodyInPieces(limit)) refuseNow(state, {error::unavailable});
}

void Dispatcher::onBodyPiece(http::Exchange& exchange, std::string_view piece) noexcept {
    RequestState& state = stateOf(exchange);
    try {
        Upload& upload = *state.upload;
        const std::uint64_t before = upload.memory();
        if (const http::Fault* const fault = upload.take(piece)) {
            refuseNow(state, {*fault});
            return;
        }
        if (chargeUpload(state, before)) driveUpload(state);
    } catch (const std::exception&) {
        refuseNow(state, {http::fault::bodyMemory});
    }
}

bool Dispatcher::chargeUpload(RequestState& state, std::uint64_t before) {
    if (state.exchange.chargeBody(state.upload->memory() - before)) return true;
    refuseNow(state, {http::fault::bodyMemory});
    return false;
}

void Dispatcher::endUpload(RequestState& state) {
    try {
        const std::uint64_t before = state.upload->memory();
        if (const http::Fault* const fault = state.upload->finish()) {
            refuseNow(state, {*fault});
            return;
        }
        if (chargeUpload(state, before)) driveUpload(state);
    } catch (const std::exception&) {
        refuseNow(state, {http::fault::bodyMemory});
    }
}

// Has written what waits to be, lets the client go on or wait, and goes on itself when everything is there.
void Dispatcher::driveUpload(RequestState& state) {
    Upload& upload = *state.upload;
    http::Exchange& exchange = state.exchange;
    if (upload.hasBatch()) {
        const std::uint64_t now = environment_.nowMs();
        const std::uint64_t serial = exchange.turn().serial();
        auto batch = std::make_unique<UploadBatch>(); // one allocation, so that a task holds it
        *batch = upload.beginBatch(now);
        const bool taken = environment_.submitUpload(
            [this, &state, serial, work = std::move(batch), token = Outstanding::Token(tasks_)] {
                const int failure = work->write();
                // Refused when the loop has ended, and every request with it; without memory, its deadline ends it.
                environment_.post([this, &state, serial, failure] { endWriting(state, serial, failure); });
            });
        if (!taken) {
            refuseNow(state, {error::busy});
            return;
        }
        arm(state, now + static_cast<std::uint64_t>(state.serving().handlerTimeout.count()));
    }
    if (!upload.isDone()) return upload.isFull() ? exchange.pauseBody() : exchange.resumeBody();
    const std::vector<mortise_part>& parts = upload.parts();
    state.request.parts = parts.data();
    state.request.part_count = static_cast<std::uint32_t>(parts.size());
    state.request.part_size = sizeof(mortise_part);
    if (upload.fieldBytes() > parsedOnLoopBytes)
        toWorkerNow(state);
    else
        drive(state, Place::loop);
}

void Dispatcher::endWriting(RequestState& state, std::uint64_t serial, int failure) noexcept {
    // No turn begins while the upload is written: the serial is the request's.
    if (state.exchange.turn().serial() != serial || !state.exchange.belongs(state.exchange.handle(serial))) return;
    if (state.over || state.upload == nullptr) return;
    try {
        state.upload->endBatch();
        if (failure == 0) return driveUpload(state);
        runtime_.log().log(base::Level::error, "host.http", "Uploaded files could not be stored",
                           {{"reason", std::string_view(std::error_code(failure, std::generic_category()).message())},
                            {"route", std::string_view(state.route->pattern)},
                            {"requestId", state.exchange.requestId()}});
        refuseNow(state, {error::uploadStorage});
    } catch (const std::exception&) {
        refuseNow(state, {http::fault::bodyMemory});
    }
}

} // namespace mortise::dispatch
