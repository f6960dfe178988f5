// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>

#include <cstddef>
#include <iterator>

// The table: who has the turn x what ends the request. Played by dispatcher_table_test.cpp.
namespace mortise::tests {

enum class Who {
    acceptFilter,
    protectFilter,
    routeFilter,
    authenticateFilter,
    bodyFilter,
    handleFilter, // each returned PENDING
    queued,
    givenBack,         // by a worker, with the next step; the loop has not looked yet
    givenBackResponse, // likewise, with a response
    authenticatorCall, // on a worker, as the following
    authenticatorPending,
    respondFilter, // returned PENDING
    respondStream, // likewise, at a stream that goes on
    respondWorker, // in its call on a worker
    respondQueued, // for a worker
    handlerCall,
    handlerPending,
    streamCall,
    streamPending,
    transformer,
    upload,
    pieces,
    wholeBody,
    sending, // a stream that its plugin has ended, to a slow client
    orphan,
};
inline constexpr const char* whoNames[] = {"filter of accept",
                                           "filter of protect",
                                           "filter of route",
                                           "filter of authenticate",
                                           "filter of body",
                                           "filter of handle",
                                           "queued",
                                           "given back",
                                           "response given back",
                                           "authenticator's call",
                                           "authenticator pending",
                                           "filter of respond",
                                           "filter of respond at a stream",
                                           "filter of respond on a worker",
                                           "filter of respond queued",
                                           "handler's call",
                                           "handler pending",
                                           "stream's call",
                                           "stream pending",
                                           "transformer",
                                           "upload written",
                                           "body in pieces",
                                           "whole body",
                                           "response being sent",
                                           "orphan"};

static_assert(std::size(whoNames) == static_cast<std::size_t>(Who::orphan) + 1);

enum class Ender { answer, lost, deadline, reload, stop, committedReload, committedStop, quarantine, shutdown };
inline constexpr const char* enderNames[] = {
    "its answer",          "client gone", "deadline", "reload", "stop", "reload after a commit",
    "stop after a commit", "quarantine",  "loop ends"};

inline constexpr int none = 0;   // the client has no response
inline constexpr int cut = -1;   // its connection was cut
inline constexpr int noCall = 1; // nobody calls late
inline constexpr int no = -1;    // on_finish was not called

struct Cell {
    Who who;
    Ender ender;
    int now;      // what the client has when the ender has returned
    int status;   // and when whoever had the turn has let go of it
    int call;     // what the plugin's next call comes to
    int finished; // status at on_finish of "watch" when the ender has returned
    bool free;    // the lease is then
    int last;     // status at on_finish of "watch" in the end
};

// A filter's reply is the handler's, but for when it comes; so one row per phase, made from these.
inline constexpr Cell filterCells[] = {
    {Who::acceptFilter, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::acceptFilter, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::acceptFilter, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::acceptFilter, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::acceptFilter, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::acceptFilter, Ender::committedReload, none, 209, MORTISE_OK, no, false, 209},
    {Who::acceptFilter, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::acceptFilter, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no}, // nothing of its plugin is called
    {Who::acceptFilter, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},
};

// Impossible: authenticator and handler inside their call on the loop, and a filter inside its call, by anything but
// their own answer: the loop is in that call (see dispatcher_outcome_test.cpp). A body that is received by a deadline:
// the client's own, of the transport. `quarantine` and a commit, of whatever no plugin has: nothing would tell. A
// stream that its plugin has ended, by a deadline: it waits for its client, and has that one's. What a worker has given
// back, by a deadline: the loop looks first.
inline constexpr Cell cells[] = {
    {Who::queued, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::queued, Ender::lost, none, none, noCall, 499, true, 499},
    {Who::queued, Ender::deadline, 503, 503, noCall, 503, true, 503},
    {Who::queued, Ender::reload, 503, 503, noCall, 503, true, 503},
    {Who::queued, Ender::stop, 503, 503, noCall, 503, true, 503},
    {Who::queued, Ender::shutdown, none, none, noCall, 499, true, 499},

    // Ended when the loop looks; a response that is made goes out.
    {Who::givenBack, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::givenBack, Ender::lost, none, none, noCall, no, false, 499},
    {Who::givenBack, Ender::reload, none, 503, noCall, no, false, 503},
    {Who::givenBack, Ender::stop, none, 503, noCall, no, false, 503},
    {Who::givenBack, Ender::shutdown, none, none, noCall, no, false, no},
    {Who::givenBackResponse, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::givenBackResponse, Ender::lost, none, none, noCall, no, false, 499},
    {Who::givenBackResponse, Ender::reload, none, 209, noCall, no, false, 209},
    {Who::givenBackResponse, Ender::stop, none, 209, noCall, no, false, 209},
    {Who::givenBackResponse, Ender::shutdown, none, none, noCall, no, false, no},

    {Who::authenticatorCall, Ender::answer, 401, 401, noCall, 401, true, 401},
    {Who::authenticatorCall, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::authenticatorCall, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::authenticatorCall, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::authenticatorCall, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::authenticatorCall, Ender::committedReload, none, 401, MORTISE_OK, no, false, 401},
    {Who::authenticatorCall, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::authenticatorCall, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::authenticatorCall, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    {Who::authenticatorPending, Ender::answer, 401, 401, noCall, 401, true, 401},
    {Who::authenticatorPending, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::authenticatorPending, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::authenticatorPending, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::authenticatorPending, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::authenticatorPending, Ender::committedReload, none, 401, MORTISE_OK, no, false, 401},
    {Who::authenticatorPending, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::authenticatorPending, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::authenticatorPending, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    // Of the response turn: the call is resume.
    {Who::respondFilter, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::respondFilter, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::respondFilter, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondFilter, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondFilter, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondFilter, Ender::committedReload, none, 209, MORTISE_OK, no, false, 209},
    {Who::respondFilter, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::respondFilter, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::respondFilter, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    {Who::respondWorker, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::respondWorker, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::respondWorker, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondWorker, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondWorker, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondWorker, Ender::committedReload, none, 209, MORTISE_OK, no, false, 209},
    {Who::respondWorker, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::respondWorker, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::respondWorker, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    {Who::respondStream, Ender::answer, 200, 200, noCall, 200, true, 200},
    {Who::respondStream, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::respondStream, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondStream, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondStream, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::respondStream, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::respondStream, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    {Who::respondQueued, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::respondQueued, Ender::lost, none, none, noCall, 499, true, 499},
    {Who::respondQueued, Ender::deadline, 503, 503, noCall, 503, true, 503},
    {Who::respondQueued, Ender::reload, 503, 503, noCall, 503, true, 503},
    {Who::respondQueued, Ender::stop, 503, 503, noCall, 503, true, 503},
    {Who::respondQueued, Ender::shutdown, none, none, noCall, 499, true, 499},

    {Who::handlerCall, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::handlerCall, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::handlerCall, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::handlerCall, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::handlerCall, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::handlerCall, Ender::committedReload, none, 209, MORTISE_OK, no, false, 209},
    {Who::handlerCall, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::handlerCall, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::handlerCall, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    {Who::handlerPending, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::handlerPending, Ender::lost, none, none, MORTISE_OK, 499, false, 499},
    {Who::handlerPending, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::handlerPending, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::handlerPending, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::handlerPending, Ender::committedReload, none, 209, MORTISE_OK, no, false, 209},
    {Who::handlerPending, Ender::committedStop, cut, cut, MORTISE_STALE, 499, true, 499},
    {Who::handlerPending, Ender::quarantine, 503, 503, MORTISE_STALE, no, true, no},
    {Who::handlerPending, Ender::shutdown, none, none, MORTISE_OK, 499, false, 499},

    // The next call is a write; end_stream is owed in any case.
    {Who::streamCall, Ender::answer, 200, 200, noCall, 200, true, 200},
    {Who::streamCall, Ender::lost, 200, 200, MORTISE_STALE, 200, false, 200},
    {Who::streamCall, Ender::deadline, cut, cut, MORTISE_STALE, 200, true, 200},
    {Who::streamCall, Ender::reload, cut, cut, MORTISE_STALE, 200, true, 200},
    {Who::streamCall, Ender::stop, cut, cut, MORTISE_STALE, 200, true, 200},
    {Who::streamCall, Ender::quarantine, cut, cut, MORTISE_STALE, no, true, no},
    {Who::streamCall, Ender::shutdown, 200, 200, MORTISE_STALE, 200, false, 200},

    {Who::streamPending, Ender::answer, 200, 200, noCall, 200, true, 200},
    {Who::streamPending, Ender::lost, 200, 200, MORTISE_STALE, 200, false, 200},
    {Who::streamPending, Ender::deadline, cut, cut, MORTISE_STALE, 200, true, 200},
    {Who::streamPending, Ender::reload, cut, cut, MORTISE_STALE, 200, true, 200},
    {Who::streamPending, Ender::stop, cut, cut, MORTISE_STALE, 200, true, 200},
    {Who::streamPending, Ender::quarantine, cut, cut, MORTISE_STALE, no, true, no},
    {Who::streamPending, Ender::shutdown, 200, 200, MORTISE_STALE, 200, false, 200},

    {Who::transformer, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::transformer, Ender::lost, none, none, noCall, 499, true, 499},
    {Who::transformer, Ender::deadline, 503, 503, noCall, 503, true, 503},
    {Who::transformer, Ender::reload, 503, 503, noCall, 503, true, 503},
    {Who::transformer, Ender::stop, 503, 503, noCall, 503, true, 503},
    {Who::transformer, Ender::shutdown, none, none, noCall, 499, true, 499},

    {Who::upload, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::upload, Ender::lost, none, none, noCall, 499, true, 499},
    {Who::upload, Ender::deadline, 503, 503, noCall, 503, true, 503},
    {Who::upload, Ender::reload, 503, 503, noCall, 503, true, 503},
    {Who::upload, Ender::stop, 503, 503, noCall, 503, true, 503},
    {Who::upload, Ender::shutdown, none, none, noCall, 499, true, 499},

    {Who::pieces, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::pieces, Ender::lost, none, none, noCall, 499, true, 499},
    {Who::pieces, Ender::reload, 503, 503, noCall, 503, true, 503},
    {Who::pieces, Ender::stop, 503, 503, noCall, 503, true, 503},
    {Who::pieces, Ender::shutdown, none, none, noCall, 499, true, 499},

    {Who::wholeBody, Ender::answer, 209, 209, noCall, 209, true, 209},
    {Who::wholeBody, Ender::lost, none, none, noCall, 499, true, 499},
    {Who::wholeBody, Ender::reload, 503, 503, noCall, 503, true, 503},
    {Who::wholeBody, Ender::stop, 503, 503, noCall, 503, true, 503},
    {Who::wholeBody, Ender::shutdown, none, none, noCall, 499, true, 499},

    {Who::sending, Ender::answer, 200, 200, noCall, 200, true, 200},
    {Who::sending, Ender::lost, 200, 200, noCall, 200, true, 200},
    {Who::sending, Ender::reload, cut, cut, noCall, 200, true, 200},
    {Who::sending, Ender::stop, cut, cut, noCall, 200, true, 200},
    {Who::sending, Ender::shutdown, 200, 200, noCall, 200, true, 200},

    // Of a handler that was PENDING at a deadline.
    {Who::orphan, Ender::answer, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::orphan, Ender::deadline, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::orphan, Ender::reload, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::orphan, Ender::stop, 503, 503, MORTISE_STALE, 503, true, 503},
    {Who::orphan, Ender::shutdown, 503, 503, MORTISE_STALE, 503, true, 503},
};

} // namespace mortise::tests
