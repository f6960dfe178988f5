// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/error.hpp>
#include <mortise/request.hpp>

namespace mortise {
inline namespace v1 {

// A response of unknown length: Request::stream(head), then write, then end, on any thread; the handler returns
// Reply::later(). Destroyed before end() the connection is cut, so that the client sees a broken response. Move-only,
// one thread at a time.
class Stream {
public:
    // Takes the turn. Throws when the host refuses the head, Invalid when the route documents another media type or
    // body of its status, Stale when the request has ended; the handler has the turn then.
    Stream(detail::Shared<detail::DeferredState> state, Reply head) : state_(std::move(state)) {
        try {
            if (head.kind() != Reply::Kind::whole) throw Invalid("a stream begins with a whole reply");
            if (state_->replies != nullptr && !state_->replies->allows(head))
                throw Invalid(state_->replies->fault(head));
            const auto& table = state_->runtime->exchange.table;
            if (table.write == nullptr || table.end_stream == nullptr) throw Absent(MORTISE_EXCHANGE_SERVICE);
            detail::raise(ReplySender::begin(*state_->runtime, state_->exchange, std::move(head)), "begin_stream");
        } catch (...) {
            state_->drop();
            throw;
        }
        state_->claim();
        state_->stream();
    }
    Stream(Stream&&) noexcept = default;
    Stream& operator=(Stream&&) = delete;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { finish(0); }

    // [worker] Waits, bounded by the host's write timeout, while too much waits for the client. False: the client is
    // gone or the host has ended the request. Throws Busy past that limit; nothing was taken then.
    bool write(std::string_view data) {
        if (!state_) return false;
        const auto& service = state_->runtime->exchange;
        const mortise_status status = service.table.write(service.self, state_->exchange, view(data));
        if (status == MORTISE_STALE) return false;
        detail::raise(status, "write");
        return true;
    }
    void end() { finish(1); }

private:
    void finish(std::uint32_t complete) noexcept {
        const auto state = std::move(state_);
        if (state) state->runtime->exchange.table.end_stream(state->runtime->exchange.self, state->exchange, complete);
    }

    detail::Shared<detail::DeferredState> state_;
};

inline Stream Request::stream(Reply head) {
    return Stream(share(), std::move(head));
}

} // namespace v1
} // namespace mortise
