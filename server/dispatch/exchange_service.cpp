// SPDX-License-Identifier: Apache-2.0
#include "dispatch/exchange_service.hpp"

#include "dispatch/dispatcher.hpp"
#include "dispatch/exchange_calls.hpp"
#include "host/services.hpp"

#include <new>

namespace mortise::dispatch {
namespace calls {
namespace {

using host::callerOf;

mortise_status abandon(void* self, mortise_exchange id) noexcept {
    Instance& caller = callerOf(self);
    const Record record(caller, id, "abandon");
    if (!record) return MORTISE_STALE;
    RequestState& state = record.state();
    caller.runtime().log().log(
        base::Level::error, "host.http", "A plugin abandoned a request",
        {{"plugin", std::string_view(caller.name())}, {"requestId", state.exchange.requestId()}});
    if (!record.isOfResponse()) state.dispatcher.makeError(state, {error::internal});
    record.say(Recorded::abandon);
    return MORTISE_OK;
}

std::uint32_t cancelled(void* self, mortise_exchange id) noexcept {
    const RequestState* const state = find(callerOf(self), id);
    if (state == nullptr || !state->exchange.belongs({id})) return 1;
    return state->exchange.isLost() || state->exchange.turnOf(serialOf(id)).ended() ? 1 : 0;
}

std::uint64_t timeLeft(void* self, mortise_exchange id) noexcept {
    const RequestState* const state = find(callerOf(self), id);
    if (state == nullptr || !state->exchange.belongs({id})) return 0;
    const http::Turn& turn = state->exchange.turnOf(serialOf(id));
    if (turn.ended()) return 0;
    if (turn.hasStream()) return UINT64_MAX;
    const std::uint64_t due = state->deadlineMs.load(std::memory_order_relaxed);
    const std::uint64_t now = state->dispatcher.environment().clockMs();
    return due > now ? due - now : 0;
}

std::uint64_t number(void* self, mortise_exchange id) noexcept {
    const RequestState* const state = find(callerOf(self), id);
    if (state == nullptr || !state->exchange.belongs({id})) return 0;
    const std::uint64_t first = state->exchange.handle(state->exchange.turn().first()).value;
    // It may have ended meanwhile: then this may be that of the next request.
    return state->exchange.belongs({id}) ? first : 0;
}

mortise_status trace(void* self, mortise_exchange id, mortise_trace* out) noexcept {
    Instance& caller = callerOf(self);
    if (out == nullptr) return invalidCall(caller, "trace", "there is no mortise_trace to fill");
    return caller.runtime().requests().copyTrace(id, *out);
}

mortise_status resume(void* self, mortise_exchange id, mortise_status outcome) noexcept {
    const Record record(callerOf(self), id, "resume");
    if (!record) return MORTISE_STALE;
    record.say(Recorded::resume);
    const bool isOk = peerStatus(outcome) == MORTISE_OK;
    if (record.isOfResponse())
        record.state().responseTurn.resumedOk = isOk;
    else
        record.state().resumedOk = isOk && record.state().turnKind == TurnKind::filter;
    return MORTISE_OK;
}

mortise_status beginCommit(void* self, mortise_exchange id) noexcept {
    Instance& caller = callerOf(self);
    const RequestState* const state = find(caller, id);
    if (state == nullptr) return stale(caller, "begin_commit");
    http::Turn& turn = state->exchange.turnOf(serialOf(id));
    if (turn.claim(serialOf(id))) return MORTISE_OK;
    if (turn.serial() != serialOf(id) || !turn.ended()) return stale(caller, "begin_commit");
    return MORTISE_STALE;
}

std::string_view mistakeIn(const mortise_principal* principal) noexcept {
    if (principal->roles == nullptr && principal->role_count != 0) return "mortise_principal.roles is NULL";
    return {};
}

mortise_status record(Instance& caller, const Record& record, Verdict::Kind kind, mortise_view message,
                      mortise_view challenge) {
    RequestState& state = record.state();
    if (record.isOfResponse()) return refuseReply(caller, record, faultOf(record));
    state.verdict.kind = kind;
    state.verdict.message = text(message);
    state.verdict.challenge = text(challenge);
    // A 401 must carry a challenge (RFC 9110 section 15.5.2); these are RFC 6750's, section 3.
    if (state.verdict.challenge.empty())
        state.verdict.challenge = kind == Verdict::Kind::rejected ? R"(Bearer error="invalid_token")" : "Bearer";
    state.recorded = Recorded::verdict;
    return MORTISE_OK;
}

mortise_status accept(void* self, mortise_exchange id, const mortise_principal* principal) noexcept {
    Instance& caller = callerOf(self);
    if (!isReadable(caller, "accept", "mortise_principal", principal)) return MORTISE_INVALID;
    if (const auto mistake = mistakeIn(principal); !mistake.empty()) return invalidCall(caller, "accept", mistake);
    const Record verdict(caller, id, "accept");
    if (!verdict) return MORTISE_STALE;
    if (verdict.isOfResponse()) return refuseReply(caller, verdict, faultOf(verdict));
    RequestState& state = verdict.state();
    // Of anybody else it is a fault: what the request shows as its caller stays.
    if (state.turnKind == TurnKind::authenticator) state.principal.assign(*principal);
    state.verdict.kind = Verdict::Kind::accepted;
    state.recorded = Recorded::verdict;
    return MORTISE_OK;
}

mortise_status reject(void* self, mortise_exchange id, mortise_view message, mortise_view challenge) noexcept {
    Instance& caller = callerOf(self);
    const Record verdict(caller, id, "reject");
    return verdict ? record(caller, verdict, Verdict::Kind::rejected, message, challenge) : MORTISE_STALE;
}

mortise_status missing(void* self, mortise_exchange id, mortise_view message, mortise_view challenge) noexcept {
    Instance& caller = callerOf(self);
    const Record verdict(caller, id, "missing");
    return verdict ? record(caller, verdict, Verdict::Kind::missing, message, challenge) : MORTISE_STALE;
}

mortise_status watch(void* self, mortise_exchange id, void (*onCancelled)(void* context),
                     void (*onEnded)(void* context), void* context, void (*release)(void* context)) noexcept {
    Instance& caller = callerOf(self);
    RequestState* const state = find(caller, id);
    const std::uint64_t serial = serialOf(id);
    if (state == nullptr) return stale(caller, "watch");
    const http::Turn& turn = state->exchange.turnOf(serial);
    if (!turn.isOpenFor(serial, &caller) && !turn.isStreaming(serial, &caller))
        return turn.serial() == serial && turn.ended() ? MORTISE_STALE : stale(caller, "watch");
    try {
        switch (state->watches.add({caller.shared_from_this(), onCancelled, onEnded, context, release})) {
        case Watches::Added::kept:
            return MORTISE_OK;
        case Watches::Added::tooMany:
            return MORTISE_BUSY;
        case Watches::Added::over:
            break;
        }
        return MORTISE_STALE;
    } catch (const std::bad_alloc&) {
        return MORTISE_BUSY;
    }
}

} // namespace
} // namespace calls

const mortise_exchange_table& exchangeService() noexcept {
    static constexpr mortise_exchange_table table{sizeof(mortise_exchange_table),
                                                  0,
                                                  calls::reply,
                                                  calls::replyError,
                                                  calls::abandon,
                                                  calls::beginStream,
                                                  calls::write,
                                                  calls::endStream,
                                                  calls::cancelled,
                                                  calls::resume,
                                                  calls::declareHeaderBlock,
                                                  calls::replyFile,
                                                  calls::beginCommit,
                                                  calls::accept,
                                                  calls::reject,
                                                  calls::missing,
                                                  calls::lend,
                                                  calls::timeLeft,
                                                  calls::watch,
                                                  calls::trace,
                                                  calls::number};
    return table;
}

} // namespace mortise::dispatch
