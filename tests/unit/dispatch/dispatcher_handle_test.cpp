// SPDX-License-Identifier: Apache-2.0
// Handles, commits, orphans and the deadline of a request.
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

namespace mortise::dispatch {

using tests::DispatchFixture;
using tests::Gate;

class DispatcherHandleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DispatcherHandleTest);
    CPPUNIT_TEST(guessedHandlesAreStale);
    CPPUNIT_TEST(anotherThreadsWordBeforeTheReturn);
    CPPUNIT_TEST(anotherThreadsWordWithOkIsAFault);
    CPPUNIT_TEST(aCommitBeforeTheEnd);
    CPPUNIT_TEST(aCommitAfterTheEnd);
    CPPUNIT_TEST(aCommitOfAClientThatIsGone);
    CPPUNIT_TEST(aCommitIsKeptOverTheReturn);
    CPPUNIT_TEST(theDeadlineOfARequestIsAbsolute);
    CPPUNIT_TEST(receivingTheBodyDoesNotCount);
    CPPUNIT_TEST(theTimeLeftIsTold);
    CPPUNIT_TEST(waitsForAWorkerEnd);
    CPPUNIT_TEST(refusedByTheWorkers);
    CPPUNIT_TEST(whoWaitsForTheDatabaseIsAlone);
    CPPUNIT_TEST(aWorkerOfOthersIsGivenBack);
    CPPUNIT_TEST(orphansAreCountedAndBounded);
    CPPUNIT_TEST(theReturnOfStopEndsTurns);
    CPPUNIT_TEST(aReplyGoesWithoutItsCallUntransformed);
    CPPUNIT_TEST(whatNoWorkerTakesIsA503);
    CPPUNIT_TEST(anExceptionIsA500AndASecondOneCuts);
    CPPUNIT_TEST(anExceptionReplacesWhatIsTransformed);
    CPPUNIT_TEST(aSendThatFailsCuts);
    CPPUNIT_TEST_SUITE_END();

    // As a filter does that changes nothing; `freed` counts.
    static void transform(mortise_response& response, int& freed) {
        mortise_transformer made{};
        made.struct_size = sizeof made;
        made.context = &freed;
        made.chunk = [](void*, mortise_view data, std::uint32_t, std::uint32_t, mortise_emit emit, void* sink) {
            emit(sink, data);
            return MORTISE_OK;
        };
        made.release = [](void* self) { ++*static_cast<int*>(self); };
        if (response.may_transform != 0) response.transform(response.context, &made);
    }
    // The handler of `f` returns PENDING and leaves its handle in the result.
    static std::shared_ptr<mortise_exchange> keep(DispatchFixture& f) {
        const auto handle = std::make_shared<mortise_exchange>(0);
        f.app.handler = [handle](mortise_exchange given, const mortise_request&) {
            *handle = given;
            return MORTISE_PENDING;
        };
        return handle;
    }

public:
    void guessedHandlesAreStale() {
        DispatchFixture f;
        const auto handle = keep(f);
        mortise_exchange early = 0;
        f.turn->acts = MORTISE_PHASE_ACCEPT;
        f.turn->act = [&early](mortise_exchange given, const mortise_request&) {
            early = given;
            return MORTISE_OK;
        };
        f.serve();
        f.get("/loop");
        CPPUNIT_ASSERT(early != *handle);
        constexpr std::uint64_t slot = std::uint64_t{1} << http::Handle::serial_bits;
        const std::uint64_t loop = slot << http::Handle::slot_bits;
        for (const mortise_exchange guess : {*handle + 1, *handle - 1, early, *handle + slot, *handle + 1000 * slot,
                                             *handle + loop, mortise_exchange{0}, ~mortise_exchange{0}}) {
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reply(guess));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.resume(guess));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.accept(guess));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reject(guess));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.beginStream(guess));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.write(guess, "x"));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.endStream(guess));
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.beginCommit(guess));
        }
        CPPUNIT_ASSERT_EQUAL(8, f.app.released.load());
        // Another plugin's turn.
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.other.reply(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.other.resume(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.other.beginStream(*handle));
        CPPUNIT_ASSERT_EQUAL(1, f.other.released.load());
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        // Any handle of the request may ask, and none of another.
        CPPUNIT_ASSERT(!f.app.cancelled(early) && !f.app.cancelled(*handle));
        CPPUNIT_ASSERT(f.app.cancelled(*handle + 1) && f.app.cancelled(*handle + slot));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.reply(*handle));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
        // The slot's next request.
        const mortise_exchange old = *handle;
        f.get("/loop");
        CPPUNIT_ASSERT(*handle != old && f.app.cancelled(old));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reply(old));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        f.app.reply(*handle);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
    }

    void anotherThreadsWordBeforeTheReturn() {
        DispatchFixture f;
        f.app.handler = [&f](mortise_exchange handle, const mortise_request&) {
            std::thread([&] { CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.reply(handle)); }).join();
            f.environment.runPosted(); // nothing yet
            CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
            return MORTISE_PENDING;
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
    }
    void anotherThreadsWordWithOkIsAFault() {
        DispatchFixture f;
        f.turn->acts = MORTISE_PHASE_PROTECT;
        f.turn->act = [&f](mortise_exchange handle, const mortise_request&) {
            std::thread([&] { f.app.reply(handle); }).join();
            return MORTISE_OK;
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(500, f.get("/loop"));
        CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
    }

    void aCommitBeforeTheEnd() {
        DispatchFixture f;
        const auto handle = keep(f);
        f.serve();
        f.get("/loop");
        // Of the database plugin, which has the handle from the turn's owner.
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.other.beginCommit(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.other.beginCommit(*handle));
        f.environment.advance(5000);
        f.environment.advance(60'000);
        f.reload();
        f.dispatcher->endRequests(*f.first, false);
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        CPPUNIT_ASSERT(!f.app.cancelled(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.reply(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.beginCommit(*handle)); // it has said its word
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
    }
    void aCommitAfterTheEnd() {
        DispatchFixture f;
        const auto handle = keep(f);
        f.serve();
        f.get("/loop");
        f.environment.advance(1200);
        CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.beginCommit(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reply(*handle));
    }
    void aCommitOfAClientThatIsGone() {
        DispatchFixture f;
        const auto handle = keep(f);
        f.serve();
        f.get("/loop");
        f.client->lose();
        CPPUNIT_ASSERT(f.app.cancelled(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.beginCommit(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.reply(*handle));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    // BUSY on the loop after a claim: the turn on the worker has it still.
    void aCommitIsKeptOverTheReturn() {
        DispatchFixture f;
        mortise_exchange handle = 0;
        f.app.handler = [&](mortise_exchange given, const mortise_request&) {
            const bool again = std::exchange(handle, given) != 0;
            if (again) return MORTISE_PENDING;
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.beginCommit(given));
            return MORTISE_BUSY;
        };
        f.serve();
        f.get("/loop");
        f.environment.runTask();
        f.environment.advance(5000);
        f.reload();
        f.dispatcher->endRequests(*f.first, false);
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.beginCommit(handle));
        f.close();
        f.dispatcher->endRequests(*f.first, true);
        CPPUNIT_ASSERT(f.client->sent().cut);
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reply(handle));
    }

    // Five filters wait, each for less than handler_timeout.
    void theDeadlineOfARequestIsAbsolute() {
        host::ServingSettings serving;
        serving.requestTimeout = std::chrono::milliseconds(2000);
        serving.handlerTimeout = std::chrono::milliseconds(1000);
        DispatchFixture f(serving);
        mortise_exchange handle = 0;
        f.turn->acts = tests::onRequestPhases;
        f.turn->act = [&handle](mortise_exchange given, const mortise_request&) {
            handle = given;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        std::uint64_t passed = 0;
        while (f.client->sent().status == 0 && passed < 4000) {
            f.environment.advance(400);
            passed += 400;
            f.app.resume(handle);
            f.environment.runPosted();
        }
        CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
        CPPUNIT_ASSERT(f.client->sent().body.find("too long") != std::string::npos);
        CPPUNIT_ASSERT(passed >= 2000 && passed <= 2400);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    void receivingTheBodyDoesNotCount() {
        host::ServingSettings serving;
        serving.requestTimeout = std::chrono::milliseconds(2000);
        serving.handlerTimeout = std::chrono::milliseconds(5000);
        DispatchFixture f(serving);
        keep(f);
        f.serve();
        f.connect().post("/body", 4);
        f.environment.advance(10'000);
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        f.client->body("body");
        f.environment.advance(1900);
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        f.environment.advance(300);
        CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
    }
    // To whoever has a handle of the request; a stream has none, and what has ended has no more.
    void theTimeLeftIsTold() {
        host::ServingSettings serving;
        serving.requestTimeout = std::chrono::milliseconds(2000);
        serving.handlerTimeout = std::chrono::milliseconds(5000);
        DispatchFixture f(serving);
        const auto handle = keep(f);
        f.serve();
        f.connect().post("/body", 4);
        f.environment.advance(700);
        f.client->body("body");
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2000}, f.app.timeLeft(*handle));
        f.environment.advance(500);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1500}, f.app.timeLeft(*handle));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, f.app.timeLeft(*handle + 1));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.beginCommit(*handle));
        f.environment.advance(1499);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, f.app.timeLeft(*handle));
        f.environment.advance(2000);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, f.app.timeLeft(*handle)); // and nobody else responds
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.reply(*handle));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, f.app.timeLeft(*handle));

        f.get("/loop");
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2000}, f.app.timeLeft(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.beginStream(*handle));
        CPPUNIT_ASSERT_EQUAL(UINT64_MAX, f.app.timeLeft(*handle));
        f.app.endStream(*handle);
        f.environment.runPosted();

        f.get("/loop");
        f.reload();
        f.dispatcher->endRequests(*f.first, false);
        CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, f.app.timeLeft(*handle));
        f.app.reply(*handle);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    // Every wait for a worker has the deadline of a turn: the handler's, the authenticator's, a big body's.
    void waitsForAWorkerEnd() {
        for (const std::string_view target : {"/worker", "/private", "/body"}) {
            DispatchFixture f;
            f.app.authenticatorPlacement = MORTISE_PLACEMENT_WORKER;
            f.serve();
            if (target == "/body") {
                f.connect().post("/body", 100'000);
                f.client->body(std::string(100'000, 'x'));
            } else {
                f.get(target);
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.environment.tasks());
            f.environment.advance(900);
            CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
            f.environment.advance(300);
            CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
            CPPUNIT_ASSERT(f.client->sent().body.find("busy") != std::string::npos);
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
            // The slot has another request when the task comes to run.
            f.get("/loop");
            keep(f);
            f.get("/loop");
            f.environment.runTask();
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
            f.client->lose();
        }
    }
    // On workers of their own, whichever step it is that waits for the database.
    void whoWaitsForTheDatabaseIsAlone() {
        for (const std::string_view target : {"/worker", "/private", "/body"}) {
            DispatchFixture f;
            f.app.authenticatorPlacement = MORTISE_PLACEMENT_WORKER;
            f.serve();
            f.instance("app").setWaitsForDatabase();
            if (target == "/body") {
                f.connect().post("/body", 100'000);
                f.client->body(std::string(100'000, 'x'));
            } else {
                f.get(target);
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.environment.tasks());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.environment.waitingTasks());
            f.environment.runWaitingTask();
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
        }
    }
    // The filter of another plugin waits for nobody; what comes after it does.
    void aWorkerOfOthersIsGivenBack() {
        DispatchFixture f;
        auto& filter = f.other.addFilter("other", MORTISE_FILTER_MAY_REPLY);
        filter.phases = MORTISE_PHASE_ACCEPT;
        filter.placement = MORTISE_PLACEMENT_WORKER;
        f.serve();
        f.instance("app").setWaitsForDatabase();
        f.get("/worker");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.environment.tasks());
        f.environment.runTask();
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.environment.waitingTasks());
        f.environment.runWaitingTask();
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
    }
    void refusedByTheWorkers() {
        DispatchFixture f;
        f.serve();
        f.environment.refuseTasks();
        CPPUNIT_ASSERT_EQUAL(503, f.get("/worker"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        f.environment.refuseTasks(false);
        f.get("/worker");
        f.environment.runTask();
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
    }

    void orphansAreCountedAndBounded() {
        host::ServingSettings serving;
        serving.maxOrphans = 2;
        DispatchFixture f(serving);
        std::vector<mortise_exchange> handles;
        f.app.handler = [&handles](mortise_exchange given, const mortise_request&) {
            handles.push_back(given);
            return MORTISE_PENDING;
        };
        f.serve();
        for (std::uint32_t i = 1; i <= 3; ++i) {
            CPPUNIT_ASSERT_EQUAL(0, f.get("/loop"));
            f.environment.advance(1200);
            CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
            CPPUNIT_ASSERT_EQUAL(i, f.instance("app").orphans());
        }
        CPPUNIT_ASSERT_EQUAL(503, f.get("/loop"));
        CPPUNIT_ASSERT(f.client->sent().body.find("unavailable") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, handles.size());
        CPPUNIT_ASSERT_EQUAL(404, f.get("/nowhere"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reply(handles[1]));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(2u, f.instance("app").orphans());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, f.instance("app").lateCalls());
        CPPUNIT_ASSERT_EQUAL(0, f.get("/loop"));
        f.client->lose();
        for (const mortise_exchange handle : handles) f.app.reply(handle);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(0u, f.instance("app").orphans());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    void theReturnOfStopEndsTurns() {
        DispatchFixture f;
        mortise_exchange filters = 0;
        const auto handle = keep(f);
        f.serve();
        f.get("/loop");
        const auto handlers = std::move(f.client);
        f.turn->acts = MORTISE_PHASE_ACCEPT;
        f.turn->act = [&filters](mortise_exchange given, const mortise_request&) {
            filters = given;
            return MORTISE_PENDING;
        };
        f.get("/loop");
        f.reload();
        f.dispatcher->endRequests(*f.first, false);
        CPPUNIT_ASSERT(f.isIdle() && f.lease.expired());
        CPPUNIT_ASSERT_EQUAL(503, handlers->sent().status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f.dispatcher->open());
        f.dispatcher->endTurns(f.instance("other"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f.dispatcher->open());
        host::Instance& app = f.instance("app");
        app.drain(host::Instance::Clock::now());
        CPPUNIT_ASSERT(app.stop(std::chrono::milliseconds(1000)));
        f.dispatcher->endTurns(app);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        CPPUNIT_ASSERT_EQUAL(0u, app.orphans());
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.reply(*handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.resume(filters));
        CPPUNIT_ASSERT(f.turn->finished.size() ==
                       1); // of the handler's request; a plugin that was stopped is not called
    }

    // Where the request waits for a worker only after its body is there, so from no step.
    void whatNoWorkerTakesIsA503() {
        const std::string field =
            "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n" + std::string(70'000, 'x') + "\r\n--B--";
        for (const auto& [target, body] : {std::pair<const char*, std::string>{"/body", std::string(100'000, 'x')},
                                           std::pair<const char*, std::string>{"/upload", field}}) {
            DispatchFixture f;
            f.serve();
            f.environment.refuseTasks();
            f.connect().post(target, body.size(), "Content-Type: multipart/form-data; boundary=B\r\n");
            f.client->body(body);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(target, 503, f.client->sent().status);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.watch->finished.size());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        }
    }

    // Of the host's own work (memory, for one): a 500, and where that throws as well, no response; never a loop.
    void anExceptionIsA500AndASecondOneCuts() {
        for (const int throws : {1, 2}) {
            for (const char* const path : {"/loop", "/worker"}) {
                DispatchFixture f;
                int left = throws;
                f.watch->onRespond = [&left](mortise_response&) {
                    if (left-- > 0) throw std::runtime_error("no memory");
                };
                f.serve();
                f.get(path);
                while (f.environment.tasks() != 0) f.environment.runTask();
                f.environment.runPosted();
                CPPUNIT_ASSERT_EQUAL(throws == 1 ? 500 : 0, f.client->sent().status);
                CPPUNIT_ASSERT_EQUAL(throws == 2, f.client->sent().cut);
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.watch->finished.size());
                CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
            }
        }
    }

    // The filter has the response transformed, on a worker, and fails: the 500 does not wait for that.
    void anExceptionReplacesWhatIsTransformed() {
        DispatchFixture f;
        int freed = 0;
        f.app.handler = [&f](mortise_exchange handle, const mortise_request&) {
            f.app.reply(handle, 209, std::string(20'000, 'b'));
            return MORTISE_REPLIED;
        };
        f.watch->onRespond = [&freed, first = true](mortise_response& response) mutable {
            if (!std::exchange(first, false)) return;
            transform(response, freed);
            throw std::runtime_error("no memory");
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(500, f.get("/loop"));
        CPPUNIT_ASSERT(f.client->sent().complete);
        while (f.environment.tasks() != 0) f.environment.runTask();
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(1, freed);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.watch->finished.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }

    // At each call that sends: the client is cut, and the request ends once.
    void aSendThatFailsCuts() {
        for (const char* const path : {"/loop", "/worker"}) {
            for (const int sends : {1, 2, 3}) { // of a stream: head, piece, end
                DispatchFixture f;
                f.app.handler = [&f](mortise_exchange handle, const mortise_request&) {
                    f.app.beginStream(handle);
                    f.app.write(handle, "piece");
                    f.app.endStream(handle);
                    return MORTISE_REPLIED;
                };
                f.serve();
                f.connect().failFrom(sends);
                f.client->get(path);
                while (f.environment.tasks() != 0) f.environment.runTask();
                f.environment.runPosted();
                CPPUNIT_ASSERT(f.client->sent().cut && !f.client->sent().complete);
                CPPUNIT_ASSERT_EQUAL(sends == 1 ? 0 : 200, f.client->sent().status);
                CPPUNIT_ASSERT(f.watch->finished == std::vector<std::uint32_t>{sends == 1 ? 499U : 200U});
                CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
            }
            DispatchFixture f;
            f.serve();
            f.connect().failFrom(1);
            f.client->get(path);
            while (f.environment.tasks() != 0) f.environment.runTask();
            f.environment.runPosted();
            CPPUNIT_ASSERT(f.client->sent().cut && !f.client->sent().complete);
            CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
            CPPUNIT_ASSERT(f.watch->finished == std::vector<std::uint32_t>{499});
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        }
    }

    // Its handler has replied inside a call that goes on: the host ends the request with that reply.
    void aReplyGoesWithoutItsCallUntransformed() {
        DispatchFixture f;
        Gate gate;
        const std::string big(20'000, 'b');
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            f.app.reply(handle, 209, big);
            gate.pass();
            return MORTISE_REPLIED;
        };
        int freed = 0;
        f.watch->onRespond = [&freed](mortise_response& response) { transform(response, freed); };
        f.serve();
        f.get("/worker");
        std::thread worker = f.environment.startTask();
        gate.awaitInside();
        f.environment.advance(1200);
        while (f.environment.tasks() != 0) {
            f.environment.runTask();
            f.environment.runPosted();
        }
        const int status = f.client->sent().status;
        gate.open();
        worker.join();
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, status);
        CPPUNIT_ASSERT(f.client->sent().body == big);
        CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DispatcherHandleTest);

} // namespace mortise::dispatch
