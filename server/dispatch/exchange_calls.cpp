// SPDX-License-Identifier: Apache-2.0
#include "dispatch/exchange_calls.hpp"

#include "dispatch/dispatcher.hpp"
#include "dispatch/exchange_table.hpp"
#include "dispatch/stream.hpp"
#include "host/services.hpp"

namespace mortise::dispatch::calls {

mortise_status stale(Instance& caller, std::string_view call) noexcept {
    if (caller.mayWarn())
        caller.runtime().log().log(base::Level::warn, "host.http", "A plugin used a handle that is not its turn",
                                   {{"plugin", std::string_view(caller.name())}, {"call", call}});
    return MORTISE_STALE;
}

void Record::explain(Instance& caller, std::string_view call, http::Turn::Record outcome) const noexcept {
    switch (outcome) {
    case http::Turn::Record::mine:
        return;
    case http::Turn::Record::over:
        state_->dispatcher.postOver(*state_, serial_);
        [[fallthrough]];
    case http::Turn::Record::late:
        // The host ended the request first: normal.
        caller.countLate();
        caller.runtime().log().log(base::Level::debug, "host.http", "A plugin's call came after its request had ended",
                                   {{"plugin", std::string_view(caller.name())},
                                    {"call", call},
                                    {"calls", static_cast<std::int64_t>(caller.lateCalls())}});
        return;
    case http::Turn::Record::second:
        if (caller.mayWarn())
            caller.runtime().log().log(base::Level::warn, "host.http",
                                       "A plugin made a second terminal call in one turn",
                                       {{"plugin", std::string_view(caller.name())}, {"call", call}});
        return;
    case http::Turn::Record::stale:
        stale(caller, call);
        return;
    }
}

mortise_status refuseReply(Instance& caller, const Record& record, std::string_view why) {
    RequestState& state = record.state();
    caller.runtime().log().log(
        base::Level::error, "host.http", "A plugin's reply breaks a rule",
        {{"plugin", std::string_view(caller.name())}, {"reason", why}, {"requestId", state.exchange.requestId()}});
    const std::string_view message = state.serving().development ? why : std::string_view();
    if (!record.isOfResponse()) state.dispatcher.makeError(state, {error::internal, nullptr, std::nullopt, message});
    record.say(Recorded::reply);
    return MORTISE_REFUSED;
}

} // namespace mortise::dispatch::calls
