// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/send.hpp>
#include <mortise/guard.hpp>

#include <atomic>

namespace mortise {
inline namespace v1 {
namespace detail {

// An exchange between a handler that may still be running and whoever answers later. Exactly one of both ends it.
struct DeferredState {
    enum Phase { running, open, dropped, ended }; // running: the handler has not returned yet

    DeferredState(const Runtime& r, mortise_exchange e) noexcept : runtime(&r), exchange(e) {}

    const Runtime* runtime;
    mortise_exchange exchange;
    std::atomic<int> phase{running};

    // True for the one caller that may make the terminal call.
    bool claim() noexcept { return phase.exchange(ended) != ended; }

    // The last holder went away without an answer: while the handler runs its thunk answers, afterwards it is
    // abandoned.
    void drop() noexcept {
        int now = running;
        if (phase.compare_exchange_strong(now, dropped)) return;
        if (now == open && claim() && runtime->exchange.table.abandon != nullptr)
            runtime->exchange.table.abandon(runtime->exchange.self, exchange);
    }

    // The handler returned; false when nobody is left to answer.
    bool leave() noexcept {
        int now = running;
        if (phase.compare_exchange_strong(now, open)) return true;
        return now != dropped;
    }
};

} // namespace detail

// The right and duty to answer a request after its handler returned Reply::later(). Move-only, any thread; destroyed
// without an answer the client gets 500 (or, while the handler still runs, what the handler throws or returns). Views
// of the request stay valid until the answer. Must not outlive the plugin.
class Deferred {
public:
    Deferred() noexcept = default;
    explicit Deferred(std::shared_ptr<detail::DeferredState> state) noexcept : state_(std::move(state)) {}
    Deferred(Deferred&&) noexcept = default;
    Deferred& operator=(Deferred&& other) noexcept {
        if (this != &other) {
            if (state_) state_->drop();
            state_ = std::move(other.state_);
        }
        return *this;
    }
    Deferred(const Deferred&) = delete;
    Deferred& operator=(const Deferred&) = delete;
    ~Deferred() {
        if (state_) state_->drop();
    }

    explicit operator bool() const noexcept { return state_ != nullptr; }

    // Answers. False when the exchange is over already (answered, or ended by the host) or the host refused the reply.
    bool reply(Reply answer) {
        const auto state = std::exchange(state_, nullptr);
        if (!state || answer.kind() == Reply::Kind::later || !state->claim()) {
            if (state && answer.kind() == Reply::Kind::later) state->drop();
            return false;
        }
        return ReplySender::send(*state->runtime, state->exchange, std::move(answer)) >= 0;
    }
    // Answers with what `work` returns. What it throws is answered as from a handler on a worker: Busy with 503 and
    // Retry-After, anything else with a 500 whose text the host logs.
    template<class Work>
    bool answer(Work&& work) {
        try {
            return reply(std::forward<Work>(work)());
        } catch (const Busy&) {
            return reply(serviceUnavailable());
        } catch (const std::exception& failure) {
            return reply(internalError(failure.what()));
        } catch (...) {
            return reply(internalError("an exception of unknown type"));
        }
    }
    // True when the client is gone or the exchange is over. Only informs: an answer is still owed.
    bool cancelled() const noexcept {
        if (!state_) return true;
        const auto& service = state_->runtime->exchange;
        return service.table.cancelled != nullptr && service.table.cancelled(service.self, state_->exchange) != 0;
    }
    mortise_exchange exchange() const noexcept { return state_ ? state_->exchange : 0; }

private:
    std::shared_ptr<detail::DeferredState> state_;
};

} // namespace v1
} // namespace mortise
