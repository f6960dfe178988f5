// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/route_replies.hpp>
#include <mortise/detail/send.hpp>
#include <mortise/detail/uncaught.hpp>
#include <mortise/guard.hpp>
#include <mortise/turn.hpp>

namespace mortise {
inline namespace v1 {

class Trace;
namespace detail {

// A turn between a handler that may still be running and whoever replies later. Exactly one of both makes the terminal
// call; a handler that did not returns MORTISE_PENDING.
//
//   phase   | claim      | drop              | leave
//   running | → ended    | → dropped         | → open: PENDING
//   open    | → ended    | → ended, abandons | (only once)
//   dropped | → ended    | (only once)       | the thunk replies
//   ended   | refused    | nothing           | PENDING
struct DeferredState {
    enum Phase { running, open, dropped, ended }; // running: the handler has not returned yet

    DeferredState(const Runtime& r, mortise_exchange e, const RouteReplies* route) noexcept
        : runtime(&r), exchange(e), replies(route) {}

    const Runtime* runtime;
    mortise_exchange exchange;
    const RouteReplies* replies; // of the route, or null
    Word<int> phase{running};
    Word<bool> streaming{false};

    // True for the one caller that may make the terminal call.
    bool claim() noexcept { return phase.exchange(ended) != ended; }

    // A Stream has the turn, which makes the terminal call by itself.
    void stream() noexcept { streaming.store(true); }
    bool streams() const noexcept { return streaming.load(); }

    // The last holder went away without an answer: while the handler runs its thunk answers, afterwards it is
    // abandoned.
    void drop() noexcept {
        int now = running;
        if (phase.compareExchange(now, dropped)) return;
        if (now == open && claim()) abandon();
    }

    // The terminal call of the one who claimed. A reply that cannot even be made is abandoned: the turn ends either
    // way.
    mortise_status send(Reply&& reply) {
        mortise_status status = MORTISE_ERROR;
        try {
            if (replies == nullptr || replies->allows(reply)) {
                status = ReplySender::send(*runtime, exchange, std::move(reply));
            } else {
                ReplySender::send(*runtime, exchange, internalError(replies->fault(reply)));
                status = MORTISE_REFUSED;
            }
        } catch (...) {
            abandon();
            throw;
        }
        if (!ReplySender::isMade(status)) abandon();
        return status;
    }

    // The handler returned; false when nobody is left to answer.
    bool leave() noexcept {
        int now = running;
        if (phase.compareExchange(now, open)) return true;
        return now != dropped;
    }

private:
    void abandon() noexcept {
        if (runtime->exchange.table.abandon != nullptr)
            runtime->exchange.table.abandon(runtime->exchange.self, exchange);
    }
};

} // namespace detail

// The turn of a request whose handler returns Reply::later(): the right and duty to reply, also before the handler has
// returned. Move-only, any thread; destroyed without a reply the client gets 500 (or, while the handler still runs,
// what the handler throws or returns). Views of the request stay valid until the handler and reply() or answer() have
// returned. Must not outlive the plugin.
class Deferred {
public:
    Deferred() noexcept = default;
    explicit Deferred(detail::Shared<detail::DeferredState> state) noexcept : state_(std::move(state)) {}
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

    // Replies. False when the request has ended already (its handler replied, or the host did), or the host refuses the
    // reply; that is harmless. So is one whose body the route does not document: the request ends with 500.
    bool reply(Reply answer) {
        const auto state = std::exchange(state_, nullptr);
        if (!state || answer.kind() == Reply::Kind::later || !state->claim()) {
            if (state && answer.kind() == Reply::Kind::later) state->drop();
            return false;
        }
        return detail::peerStatus(state->send(std::move(answer))) == MORTISE_OK;
    }
    // Replies with what `work` returns. What it throws is replied to as from a handler on a worker: an HttpError, such
    // as Busy, by what it says, anything else with a 500 whose text the host logs.
    template<class Work>
    bool answer(Work&& work) {
        try {
            return reply(std::forward<Work>(work)());
        } catch (...) {
            return reply(uncaught());
        }
    }
    // True when the client is gone or the request has ended. Only informs: a reply is still owed, and what is stored on
    // behalf of the request may still be stored.
    bool cancelled() const noexcept {
        if (!state_) return true;
        const auto& service = state_->runtime->exchange;
        return service.table.cancelled != nullptr && service.table.cancelled(service.self, state_->exchange) != 0;
    }
    // As Request::trace(); zeros after the reply. Include trace.hpp.
    Trace trace() const noexcept;
    mortise_exchange exchange() const noexcept { return state_ ? state_->exchange : 0; }
    // For Database::transact and others that store. Throws Stale after the reply.
    operator Turn() const {
        if (!state_) throw Stale("the Deferred has replied");
        return Turn(state_->exchange);
    }

private:
    // In a catch block.
    Reply uncaught() const {
        if (!state_) return Reply::later(); // replied in spite of it
        const detail::RouteReplies* const route = state_->replies;
        return detail::replyToUncaught(Log(*state_->runtime, {}, state_->exchange),
                                       route == nullptr ? nullptr : route->bodyField());
    }

    detail::Shared<detail::DeferredState> state_;
};

} // namespace v1
} // namespace mortise
