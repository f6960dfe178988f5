// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/dispatcher.hpp"
#include "dispatch/exchange_table.hpp"
#include "dispatch/request_state.hpp"
#include "host/inputs.hpp"
#include "http/fault.hpp"

#include <mortise/service/exchange.h>

#include <cstdint>
#include <string_view>

// What the functions of mortise.exchange/1 share, and those that are in other files than the table.
namespace mortise::dispatch::calls {

using host::invalidCall;
using host::isReadable;

// The slot of a handle, whoever is in it now.
inline RequestState* find(Instance& caller, mortise_exchange id) noexcept {
    const auto& table = static_cast<const ExchangeTable&>(caller.runtime().requests());
    http::Exchange* const exchange = table.find({id});
    return exchange == nullptr || exchange->attachment() == nullptr ? nullptr : &Dispatcher::stateOf(*exchange);
}
inline std::uint64_t serialOf(mortise_exchange id) noexcept {
    return http::Handle{id}.serial();
}

// A handle that is not the caller's turn and never was its: a fault of the plugin, logged with its name.
mortise_status stale(Instance& caller, std::string_view call) noexcept;

// The right to record what the turn comes to, held from its making to its end. Not made: `status` says why, and all
// that was due was done.
class Record {
public:
    Record(Instance& caller, mortise_exchange id, std::string_view call) noexcept
        : state_(find(caller, id)), serial_(serialOf(id)) {
        const auto outcome = state_ == nullptr ? http::Turn::Record::stale : turn().record(serial_, &caller);
        mine_ = outcome == http::Turn::Record::mine;
        if (!mine_) explain(caller, call, outcome);
    }
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;
    ~Record() {
        if (mine_ && turn().publish()) state_->dispatcher.postComplete(*state_, serial_);
    }

    explicit operator bool() const noexcept { return mine_; }
    RequestState& state() const noexcept { return *state_; }
    http::Response& response() const noexcept { return state_->exchange.response(); }
    std::uint64_t serial() const noexcept { return serial_; }
    // The turn of a filter at the response: it takes nothing but resume and abandon.
    bool isOfResponse() const noexcept { return serial_ >= http::Handle::response_serials; }
    void say(Recorded what) const noexcept {
        (isOfResponse() ? state_->responseTurn.recorded : state_->recorded) = what;
    }
    // Publishes as a stream: the promise stays open.
    void publishStream() noexcept {
        mine_ = false;
        static_cast<void>(turn().publish(true));
    }

private:
    http::Turn& turn() const noexcept { return state_->exchange.turnOf(serial_); }
    // Why the right was not given, and what is due then.
    void explain(Instance& caller, std::string_view call, http::Turn::Record outcome) const noexcept;

    RequestState* state_;
    std::uint64_t serial_;
    bool mine_ = false;
};

// What a turn of this kind may not do; empty: nothing.
inline std::string_view faultOf(const Record& record) noexcept {
    const RequestState& state = record.state();
    if (record.isOfResponse()) return "on_respond changes the response that there is, and makes no other";
    if (state.turnKind == TurnKind::filter && (state.turnFilter->filter.flags & MORTISE_FILTER_MAY_REPLY) == 0)
        return "its filter does not say that it may reply";
    return {};
}
// The reply breaks a rule: it becomes a 500.
mortise_status refuseReply(Instance& caller, const Record& record, std::string_view why);

// reply_calls.cpp
mortise_status reply(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept;
mortise_status replyFile(void* self, mortise_exchange id, const mortise_reply* theirs,
                         const mortise_file* theirFile) noexcept;
mortise_status replyError(void* self, mortise_exchange id, const mortise_error_reply* theirs) noexcept;
mortise_status beginStream(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept;
mortise_status lend(void* self, mortise_exchange id, std::uint64_t capacity, mortise_buffer* buffer) noexcept;
mortise_status declareHeaderBlock(void* self, const mortise_field* fields, std::uint32_t count, std::uint64_t* number,
                                  mortise_error* error) noexcept;
// stream_calls.cpp
mortise_status write(void* self, mortise_exchange id, mortise_view data) noexcept;
mortise_status endStream(void* self, mortise_exchange id, std::uint32_t complete) noexcept;

} // namespace mortise::dispatch::calls
