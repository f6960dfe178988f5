// SPDX-License-Identifier: Apache-2.0
// What a plugin records in its turn x what its call returns, through real calls.
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <sstream>

namespace mortise::dispatch {

namespace {

using tests::DispatchFixture;

enum class Says { nothing, reply, resume, accept, reject, stream, replyTwice, rejectAccept };
constexpr const char* sayings[] = {"nothing", "reply",  "resume",      "accept",
                                   "reject",  "stream", "two replies", "two verdicts"};
constexpr mortise_status returns[] = {MORTISE_OK, MORTISE_REPLIED, MORTISE_PENDING, MORTISE_BUSY, MORTISE_ERROR};
constexpr int waits = 0;
constexpr int cut = -1;

struct Row {
    Says says;
    int status[5]; // by `returns`
};

// 209 by the turn's own reply, 208 by the handler behind it.
constexpr Row filterRows[] = {
    {Says::nothing, {208, 500, waits, 500, 500}},  {Says::reply, {500, 209, 209, 500, 500}},
    {Says::resume, {500, 500, 208, 500, 500}},     {Says::accept, {500, 500, 500, 500, 500}},
    {Says::reject, {500, 500, 500, 500, 500}},     {Says::stream, {500, 500, 500, 500, 500}},
    {Says::replyTwice, {500, 500, 500, 500, 500}}, {Says::rejectAccept, {500, 500, 500, 500, 500}},
};
// Busy: again on a worker, and 503 there.
constexpr Row authenticatorRows[] = {
    {Says::nothing, {500, 500, waits, 503, 500}},  {Says::reply, {500, 500, 500, 500, 500}},
    {Says::resume, {500, 500, 500, 500, 500}},     {Says::accept, {208, 500, 208, 500, 500}},
    {Says::reject, {401, 500, 401, 500, 500}},     {Says::stream, {500, 500, 500, 500, 500}},
    {Says::replyTwice, {500, 500, 500, 500, 500}}, {Says::rejectAccept, {500, 500, 500, 500, 500}},
};
// At the handler's 208.
constexpr Row responseRows[] = {
    {Says::nothing, {208, 500, waits, 500, 500}},  {Says::reply, {500, 500, 500, 500, 500}},
    {Says::resume, {500, 500, 208, 500, 500}},     {Says::accept, {500, 500, 500, 500, 500}},
    {Says::reject, {500, 500, 500, 500, 500}},     {Says::stream, {500, 500, 500, 500, 500}},
    {Says::replyTwice, {500, 500, 500, 500, 500}}, {Says::rejectAccept, {500, 500, 500, 500, 500}},
};
constexpr Row handlerRows[] = {
    {Says::nothing, {500, 500, waits, 503, 500}},  {Says::reply, {500, 209, 209, 500, 500}},
    {Says::resume, {500, 500, 500, 500, 500}},     {Says::accept, {500, 500, 500, 500, 500}},
    {Says::reject, {500, 500, 500, 500, 500}},     {Says::stream, {cut, 200, 200, cut, cut}},
    {Says::replyTwice, {500, 500, 500, 500, 500}}, {Says::rejectAccept, {500, 500, 500, 500, 500}},
};

void say(tests::Plugin& plugin, Says what, mortise_exchange handle) {
    switch (what) {
    case Says::nothing:
        return;
    case Says::replyTwice:
        plugin.reply(handle);
        [[fallthrough]];
    case Says::reply:
        plugin.reply(handle);
        return;
    case Says::resume:
        plugin.resume(handle);
        return;
    case Says::rejectAccept:
        plugin.reject(handle);
        [[fallthrough]];
    case Says::accept:
        plugin.accept(handle);
        return;
    case Says::reject:
        plugin.reject(handle);
        return;
    case Says::stream:
        plugin.beginStream(handle);
        plugin.endStream(handle);
        return;
    }
}

// Plays one pair and returns what the client has.
int play(TurnKind kind, Says what, mortise_status returned) {
    DispatchFixture f;
    const auto act = [&f, what, returned](mortise_exchange handle, const mortise_request&) {
        say(f.app, what, handle);
        return returned;
    };
    f.app.handler = [&f](mortise_exchange handle, const mortise_request&) {
        f.app.reply(handle, 208);
        return MORTISE_REPLIED;
    };
    if (kind == TurnKind::filter) {
        f.turn->act = act;
        f.turn->acts = MORTISE_PHASE_ACCEPT;
    } else if (kind == TurnKind::response) {
        f.turn->flags |= MORTISE_FILTER_MAY_WAIT_RESPOND;
        f.turn->respond = [&](mortise_exchange handle, mortise_response&) { return act(handle, *f.turn->request); };
    } else if (kind == TurnKind::authenticator) {
        f.app.authenticate = act;
    } else {
        f.app.handler = act;
    }
    f.serve();
    f.get(kind == TurnKind::authenticator ? "/private" : "/loop");
    f.environment.runPosted();
    while (f.environment.tasks() != 0) {
        f.environment.runTask();
        f.environment.runPosted();
    }
    const int status = f.client->sent().cut ? cut : f.client->sent().status;
    const bool waiting = status == waits;
    if (waiting) f.environment.advance(1200);
    if (!waiting) CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    return status;
}

void check(TurnKind kind, const char* name, const Row& row) {
    for (int i = 0; i < 5; ++i) {
        const int status = play(kind, row.says, returns[i]);
        std::ostringstream text;
        text << name << " says " << sayings[static_cast<int>(row.says)] << " and returns " << returns[i] << ": "
             << status << ", should be " << row.status[i];
        CPPUNIT_ASSERT_MESSAGE(text.str(), status == row.status[i]);
    }
}

} // namespace

class DispatcherOutcomeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DispatcherOutcomeTest);
    CPPUNIT_TEST(ofFilters);
    CPPUNIT_TEST(ofAuthenticators);
    CPPUNIT_TEST(ofHandlers);
    CPPUNIT_TEST(ofResponses);
    CPPUNIT_TEST(failingAtAResponse);
    CPPUNIT_TEST(flagsOfFilters);
    CPPUNIT_TEST_SUITE_END();

public:
    void ofFilters() {
        for (const Row& row : filterRows) check(TurnKind::filter, "a filter", row);
    }
    void ofAuthenticators() {
        for (const Row& row : authenticatorRows) check(TurnKind::authenticator, "an authenticator", row);
    }
    void ofHandlers() {
        for (const Row& row : handlerRows) check(TurnKind::handler, "a handler", row);
    }
    void ofResponses() {
        for (const Row& row : responseRows) check(TurnKind::response, "a filter of respond", row);
    }
    // One without the flag: the response becomes a 500 once, which the filters behind it see.
    void failingAtAResponse() {
        for (const mortise_status returned : {MORTISE_PENDING, MORTISE_ERROR, MORTISE_REPLIED, MORTISE_BUSY}) {
            DispatchFixture f;
            f.turn->flags = 0;
            f.turn->respond = [&](mortise_exchange handle, mortise_response& response) {
                CPPUNIT_ASSERT_EQUAL(0u, response.may_wait);
                CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.resume(handle));
                return returned;
            };
            f.serve();
            CPPUNIT_ASSERT_EQUAL(500, f.get("/loop"));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.turn->responds.size());
            CPPUNIT_ASSERT_EQUAL(500u, f.watch->responds.front());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
            CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
        }
        // The same on a worker, where it has a turn.
        for (const mortise_status returned : {MORTISE_PENDING, MORTISE_ERROR, MORTISE_REPLIED, MORTISE_BUSY}) {
            DispatchFixture f;
            f.turn->flags = 0;
            f.turn->phases = MORTISE_PHASE_RESPOND;
            f.turn->placement = MORTISE_PLACEMENT_WORKER;
            mortise_exchange turn = 0;
            f.turn->respond = [&](mortise_exchange handle, mortise_response& response) {
                turn = handle;
                CPPUNIT_ASSERT_EQUAL(0u, response.may_wait);
                return returned;
            };
            f.serve();
            f.get("/loop");
            f.environment.runTask();
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(500, f.client->sent().status);
            CPPUNIT_ASSERT_EQUAL(500u, f.watch->responds.front());
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.resume(turn));
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        }
    }
    void flagsOfFilters() {
        struct Case {
            std::uint32_t flags;
            Says says;
            mortise_status returns;
            int status;
        };
        constexpr Case cases[] = {
            {0, Says::nothing, MORTISE_OK, 208},
            {0, Says::nothing, MORTISE_PENDING, 500},
            {0, Says::reply, MORTISE_REPLIED, 500},
            {MORTISE_FILTER_MAY_REPLY, Says::nothing, MORTISE_PENDING, 500},
            {MORTISE_FILTER_MAY_REPLY, Says::resume, MORTISE_PENDING, 500},
            {MORTISE_FILTER_MAY_REPLY, Says::reply, MORTISE_PENDING, 500},
            {MORTISE_FILTER_MAY_REPLY, Says::reply, MORTISE_REPLIED, 209},
            {MORTISE_FILTER_MAY_WAIT, Says::reply, MORTISE_REPLIED, 500},
            {MORTISE_FILTER_MAY_WAIT, Says::resume, MORTISE_PENDING, 208},
        };
        for (const Case& one : cases) {
            DispatchFixture f;
            f.app.handler = [&f](mortise_exchange handle, const mortise_request&) {
                f.app.reply(handle, 208);
                return MORTISE_REPLIED;
            };
            f.turn->flags = one.flags;
            f.turn->acts = MORTISE_PHASE_PROTECT;
            f.turn->act = [&](mortise_exchange handle, const mortise_request&) {
                say(f.app, one.says, handle);
                return one.returns;
            };
            f.serve();
            CPPUNIT_ASSERT_EQUAL(one.status, f.get("/loop"));
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DispatcherOutcomeTest);

} // namespace mortise::dispatch
