// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_later_state.hpp>
#include <mortise/error.hpp>
#include <mortise/turn.hpp>

#include <utility>

namespace mortise {
inline namespace v1 {

// The right and duty to complete a field, or its preparation, also before its function has returned: by one of ready(),
// complete() and fail(). Move-only, any thread; destroyed without, the field is an internal error. What is borrowed
// from the call, such as the texts of arguments, stays until then. Must not outlive the plugin.
template<class T>
class GraphQlLater {
public:
    // Puts the value where it belongs; may throw.
    using Deliver = void (*)(const detail::GraphQlLaterState& state, T&& value);

    GraphQlLater(detail::Shared<detail::GraphQlLaterState> state, Deliver deliver) noexcept
        : state_(std::move(state)), deliver_(deliver) {}
    GraphQlLater(GraphQlLater&&) noexcept = default;
    GraphQlLater& operator=(GraphQlLater&& other) noexcept {
        if (this != &other) {
            if (state_) state_->drop();
            state_ = std::move(other.state_);
            deliver_ = other.deliver_;
        }
        return *this;
    }
    GraphQlLater(const GraphQlLater&) = delete;
    GraphQlLater& operator=(const GraphQlLater&) = delete;
    ~GraphQlLater() {
        if (state_) state_->drop();
    }

    explicit operator bool() const noexcept { return state_ != nullptr; }

    // False: it was completed before.
    bool ready(T value) {
        return complete([&]() -> T { return std::move(value); });
    }
    // Completes with what `work` returns. What it throws is the error of the field, as of a resolver on a worker.
    template<class Work>
    bool complete(Work&& work) {
        const auto state = std::exchange(state_, nullptr);
        if (!state || !state->claim()) return false;
        mortise_status outcome = MORTISE_OK;
        try {
            deliver_(*state, std::forward<Work>(work)());
        } catch (...) {
            outcome = detail::failUncaught(state->runtime, state->call, state->fields);
        }
        state->finish(outcome);
        return true;
    }
    template<class Failure>
    bool fail(const Failure& failure) {
        return complete([&]() -> T { throw failure; });
    }

    // True when the client is gone or the request has ended, and once it is completed. Only informs.
    bool cancelled() const noexcept {
        if (!state_) return true;
        const auto& service = state_->runtime.exchange;
        return service.table.cancelled != nullptr && service.table.cancelled(service.self, state_->turn) != 0;
    }
    // Throws Stale once it is completed.
    operator Turn() const {
        if (!state_) throw Stale("the field is complete");
        return Turn(state_->turn);
    }

private:
    detail::Shared<detail::GraphQlLaterState> state_;
    Deliver deliver_;
};

} // namespace v1
} // namespace mortise
