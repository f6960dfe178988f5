// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/status.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::dispatch {

// What a plugin's turn is for.
enum class TurnKind : std::uint8_t { filter, authenticator, handler, response };

// The plugin's function that a turn is begun with.
constexpr const char* functionOf(TurnKind kind) noexcept {
    switch (kind) {
    case TurnKind::filter:
        return "on_request";
    case TurnKind::authenticator:
        return "authenticate";
    case TurnKind::response:
        return "on_respond";
    case TurnKind::handler:
        break;
    }
    return "handle";
}

// What was recorded in it, and what its call returned.
enum class Recorded : std::uint8_t { nothing, reply, resume, verdict, stream, abandon };
enum class Returned : std::uint8_t { ok, replied, pending, busy, error };

// How the request goes on.
enum class TurnOutcome : std::uint8_t {
    pass,    // to the next step
    respond, // with the recorded response
    verdict, // by the recorded verdict
    stream,  // the recorded stream goes its way
    wait,    // until something is recorded
    retry,   // on a worker; there: 503
    fault,   // 500, with the plugin's name in the log
    cut,     // the stream that was begun is ended, incomplete
};

constexpr Returned returnedAs(mortise_status status) noexcept {
    switch (status) {
    case MORTISE_OK:
        return Returned::ok;
    case MORTISE_REPLIED:
        return Returned::replied;
    case MORTISE_PENDING:
        return Returned::pending;
    case MORTISE_BUSY:
        return Returned::busy;
    default:
        return detail::peerStatus(status) == MORTISE_OK ? Returned::ok : Returned::error;
    }
}

// Every pair, for a turn that may have recorded and returned it. What is recorded from another thread before the call
// returned takes effect when that returns PENDING. Two verdicts contradict each other whatever they say: OK of a filter
// is one (pass), and so is what it recorded.
inline constexpr std::array<std::array<TurnOutcome, 5>, 6> turnOutcomes{{
    // ok, replied, pending, busy, error
    {{TurnOutcome::pass, TurnOutcome::fault, TurnOutcome::wait, TurnOutcome::retry, TurnOutcome::fault}}, // nothing
    {{TurnOutcome::fault, TurnOutcome::respond, TurnOutcome::respond, TurnOutcome::fault, TurnOutcome::fault}}, // reply
    {{TurnOutcome::fault, TurnOutcome::fault, TurnOutcome::pass, TurnOutcome::fault, TurnOutcome::fault}}, // resume
    {{TurnOutcome::verdict, TurnOutcome::fault, TurnOutcome::verdict, TurnOutcome::fault,
      TurnOutcome::fault}},                                                                             // verdict
    {{TurnOutcome::cut, TurnOutcome::stream, TurnOutcome::stream, TurnOutcome::cut, TurnOutcome::cut}}, // stream
    {{TurnOutcome::fault, TurnOutcome::respond, TurnOutcome::respond, TurnOutcome::fault,
      TurnOutcome::fault}}, // abandon
}};

// `mayWait`: PENDING is allowed to this turn. `second`: more than one thing was recorded.
constexpr TurnOutcome outcomeOf(TurnKind kind, Recorded recorded, Returned returned, bool mayWait,
                                bool second) noexcept {
    const TurnOutcome outcome = turnOutcomes[static_cast<std::size_t>(recorded)][static_cast<std::size_t>(returned)];
    if (recorded == Recorded::stream) return second ? TurnOutcome::cut : outcome;
    if (second) return TurnOutcome::fault;
    if (returned == Returned::pending && !mayWait) return TurnOutcome::fault;
    if (recorded == Recorded::abandon) return outcome; // anybody's
    if (recorded != Recorded::nothing && (recorded == Recorded::verdict) != (kind == TurnKind::authenticator))
        return TurnOutcome::fault; // verdicts are an authenticator's, and it says nothing else
    if (recorded == Recorded::reply && kind == TurnKind::response) return TurnOutcome::fault; // there is one
    const bool passes = kind == TurnKind::filter || kind == TurnKind::response;
    if (outcome == TurnOutcome::pass && !passes) return TurnOutcome::fault; // it said nothing
    if (outcome == TurnOutcome::retry && passes) return TurnOutcome::fault; // only placed calls are made again
    return outcome;
}

// For the log.
constexpr std::string_view faultOf(TurnKind kind, Recorded recorded, Returned returned, bool second) noexcept {
    if (second) return "it made two terminal calls or verdicts in one turn";
    if (recorded != Recorded::nothing)
        return returned == Returned::error
                   ? "its call failed after its terminal call or verdict"
                   : "its terminal call or verdict and what its call returned contradict each other";
    switch (kind) {
    case TurnKind::filter:
        return returned == Returned::pending ? "its filter returned MORTISE_PENDING without the flag for it"
                                             : "its filter neither passed the request on nor replied";
    case TurnKind::authenticator:
        return "its authenticator gave no verdict";
    case TurnKind::response:
        return returned == Returned::pending ? "its on_respond returned MORTISE_PENDING where it may not wait"
                                             : "its on_respond failed";
    case TurnKind::handler:
        break;
    }
    return "its handler returned without a reply";
}

} // namespace mortise::dispatch
