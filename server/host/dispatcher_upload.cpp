// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that takes multipart bodies: read on the loop, written to the disk by workers, a batch at a
// time.
#include "host/dispatcher.hpp"

#include "host/abi_text.hpp"
#include "host/runtime.hpp"
#include "http/multipart.hpp"

#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace mortise::host {

void Dispatcher::beginUpload(http::Exchange& exchange, RequestState& state, std::uint64_t limit) {
    const auto boundary = http::multipartBoundary(exchange.contentType());
    if (!boundary) {
        refuse(exchange, state,
               {http::isMultipartForm(exchange.contentType()) ? http::fault::badMultipart : error::mediaType});
        return;
    }
    state.upload = std::make_unique<Upload>(*boundary, state.generation->serving().uploads, runtime_.uploads());
    if (chargeUpload(exchange, state, 0)) askForBody(exchange, state, exchange.readBodyInPieces(limit));
}

void Dispatcher::onBodyPiece(http::Exchange& exchange, std::string_view piece) noexcept {
    RequestState& state = stateOf(exchange);
    try {
        Upload& upload = *state.upload;
        const std::uint64_t before = upload.memory();
        if (const http::Fault* const fault = upload.take(piece)) return refuse(exchange, state, {*fault});
        if (chargeUpload(exchange, state, before)) driveUpload(exchange, state);
    } catch (const std::exception&) {
        refuse(exchange, state, {http::fault::bodyMemory});
    }
}

bool Dispatcher::chargeUpload(http::Exchange& exchange, RequestState& state, std::uint64_t before) {
    if (exchange.chargeBody(state.upload->memory() - before)) return true;
    refuse(exchange, state, {http::fault::bodyMemory});
    return false;
}

void Dispatcher::endUpload(http::Exchange& exchange, RequestState& state) noexcept {
    try {
        const std::uint64_t before = state.upload->memory();
        if (const http::Fault* const fault = state.upload->finish()) return refuse(exchange, state, {*fault});
        if (chargeUpload(exchange, state, before)) driveUpload(exchange, state);
    } catch (const std::exception&) {
        refuse(exchange, state, {http::fault::bodyMemory});
    }
}

void Dispatcher::driveUpload(http::Exchange& exchange, RequestState& state) {
    Upload& upload = *state.upload;
    const http::ExchangeId id = exchange.id();
    if (upload.hasBatch()) {
        auto batch = std::make_unique<UploadBatch>(); // one allocation, so that a task holds it
        *batch = upload.beginBatch(server_->loop().nowMs());
        const bool taken = runtime_.uploadWorkers().trySubmit([this, id, work = std::move(batch)] {
            const int failure = work->write();
            // Refused when the loop has ended, and every exchange with it; without memory, cutStuckUpload ends it.
            server_->loop().postAlways([this, id, failure] { endWriting(id, failure); });
        });
        if (!taken) return refuse(exchange, state, {error::busy});
    }
    if (!upload.isDone()) return upload.isFull() ? exchange.pauseBody() : exchange.resumeBody();
    const std::vector<mortise_part>& parts = upload.parts();
    state.request.parts = parts.data();
    state.request.part_count = static_cast<std::uint32_t>(parts.size());
    state.step = Step::validate;
    if (upload.fieldBytes() > parsedOnLoopBytes)
        toWorker(exchange, state);
    else
        advance(exchange, state, onLoop);
}

void Dispatcher::endWriting(http::ExchangeId id, int failure) noexcept {
    http::Exchange* const exchange = runtime_.exchanges().find(id);
    if (exchange == nullptr || !exchange->isOpen(id)) return;
    RequestState& state = stateOf(*exchange);
    try {
        state.upload->endBatch();
        if (failure == 0) return driveUpload(*exchange, state);
        runtime_.log().log(base::Level::error, "host.http", "Uploaded files could not be stored",
                           {{"reason", std::string_view(std::error_code(failure, std::generic_category()).message())},
                            {"route", std::string_view(state.route->pattern)},
                            {"requestId", exchange->requestId()}});
        refuse(*exchange, state, {error::uploadStorage});
    } catch (const std::exception&) {
        refuse(*exchange, state, {http::fault::bodyMemory});
    }
}

void Dispatcher::cutStuckUpload(http::Exchange& exchange, RequestState& state) {
    const auto allowed = static_cast<std::uint64_t>(state.generation->serving().handlerTimeout.count());
    if (server_->loop().nowMs() < state.upload->writingSinceMs() + allowed) return;
    runtime_.log().log(base::Level::error, "host.http", "Uploaded files were not stored in time",
                       {{"route", std::string_view(state.route->pattern)}, {"requestId", exchange.requestId()}});
    refuse(exchange, state, {error::uploadStorage});
}

} // namespace mortise::host
