// SPDX-License-Identifier: Apache-2.0
// Several threads at one request, for ThreadSanitizer; and what few tables have room for.
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

namespace mortise::dispatch {

using tests::DispatchFixture;
using tests::Gate;

class DispatcherRaceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DispatcherRaceTest);
    CPPUNIT_TEST(aReplyBesideTheReturn);
    CPPUNIT_TEST(aStreamEndsBesideTheReturn);
    CPPUNIT_TEST(aReplyBesideTheEnd);
    CPPUNIT_TEST(aCommitBesideTheEnd);
    CPPUNIT_TEST(twoRepliesAtOnce);
    CPPUNIT_TEST(aQuarantinedPluginIsNotCalled);
    CPPUNIT_TEST(quarantineEndsTheTurnsOfItsPlugin);
    CPPUNIT_TEST(aClosedServerRefuses);
    CPPUNIT_TEST(aHeadOfAStreamIsAllOfIt);
    CPPUNIT_TEST(refusedByTheWritersOfUploads);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int rounds = 300;

    static void runUntilClosed(DispatchFixture& f) {
        while (f.dispatcher->open() != 0) {
            f.environment.runPosted();
            std::this_thread::yield();
        }
    }

public:
    void aReplyBesideTheReturn() {
        DispatchFixture f;
        std::thread late;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            late = std::thread([&f, handle] { CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.reply(handle)); });
            return MORTISE_PENDING;
        };
        f.serve();
        for (int i = 0; i < rounds; ++i) {
            f.get("/worker");
            std::thread worker = f.environment.startTask();
            runUntilClosed(f);
            worker.join();
            late.join();
            CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
        }
        CPPUNIT_ASSERT_EQUAL(rounds, f.app.released.load());
    }
    void aStreamEndsBesideTheReturn() {
        DispatchFixture f;
        std::thread late;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            f.app.beginStream(handle);
            late = std::thread([&f, handle] {
                f.app.write(handle, "all");
                f.app.endStream(handle);
            });
            return MORTISE_PENDING;
        };
        f.serve();
        for (int i = 0; i < rounds; ++i) {
            f.get("/worker");
            std::thread worker = f.environment.startTask();
            runUntilClosed(f);
            // The slot's next request at once.
            const auto streamed = std::move(f.client);
            std::thread(std::move(late)).join();
            CPPUNIT_ASSERT_EQUAL(404, f.get("/nowhere"));
            worker.join();
            CPPUNIT_ASSERT(streamed->sent().complete && streamed->sent().body == "all");
        }
    }
    void aReplyBesideTheEnd() {
        DispatchFixture f;
        std::atomic<mortise_exchange> handle{0};
        f.app.handler = [&](mortise_exchange given, const mortise_request&) {
            handle = given;
            return MORTISE_PENDING;
        };
        f.serve();
        int replied = 0;
        for (int i = 0; i < rounds; ++i) {
            f.get("/loop");
            std::atomic<bool> go{false};
            mortise_status status = MORTISE_ERROR;
            std::thread late([&] {
                while (!go) {
                }
                status = f.app.reply(handle);
            });
            go = true;
            f.dispatcher->endRequests(*f.first, false);
            late.join();
            runUntilClosed(f);
            CPPUNIT_ASSERT_EQUAL(status == MORTISE_OK ? 209 : 503, f.client->sent().status);
            replied += status == MORTISE_OK ? 1 : 0;
            CPPUNIT_ASSERT_EQUAL(i + 1, f.app.released.load());
        }
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(rounds - replied), f.instance("app").lateCalls());
    }
    // Whoever has the claim has no 503, and who has a 503 no claim.
    void aCommitBesideTheEnd() {
        DispatchFixture f;
        std::atomic<mortise_exchange> handle{0};
        f.app.handler = [&](mortise_exchange given, const mortise_request&) {
            handle = given;
            return MORTISE_PENDING;
        };
        f.serve();
        for (int i = 0; i < rounds; ++i) {
            f.get("/loop");
            std::atomic<bool> go{false};
            bool claimed = false;
            std::thread late([&] {
                while (!go) {
                }
                claimed = f.app.beginCommit(handle) == MORTISE_OK;
                f.app.reply(handle);
            });
            go = true;
            f.dispatcher->endRequests(*f.first, false);
            late.join();
            runUntilClosed(f);
            CPPUNIT_ASSERT_EQUAL(claimed ? 209 : 503, f.client->sent().status);
        }
    }
    void twoRepliesAtOnce() {
        DispatchFixture f;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            std::thread one([&] { f.app.reply(handle, 201); });
            std::thread two([&] { f.app.reply(handle, 202); });
            one.join();
            two.join();
            return MORTISE_PENDING;
        };
        f.serve();
        for (int i = 0; i < rounds / 10; ++i) CPPUNIT_ASSERT_EQUAL(500, f.get("/loop"));
        CPPUNIT_ASSERT_EQUAL(2 * (rounds / 10), f.app.released.load());
    }

    void aQuarantinedPluginIsNotCalled() {
        DispatchFixture f;
        f.serve();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        f.quarantine("app");
        CPPUNIT_ASSERT_EQUAL(503, f.get("/loop"));
        CPPUNIT_ASSERT(f.client->sent().body.find("unavailable") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, f.turn->called.size()); // of the first request
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.watch->responds.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.watch->finished.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    // Only its own turns: not those of others, nor what it has claimed a commit for.
    void quarantineEndsTheTurnsOfItsPlugin() {
        for (const bool claims : {false, true}) {
            DispatchFixture f;
            mortise_exchange handle = 0;
            f.app.handler = [&handle](mortise_exchange given, const mortise_request&) {
                handle = given;
                return MORTISE_PENDING;
            };
            f.serve();
            f.get("/loop");
            f.quarantine("other");
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
            if (claims) CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.beginCommit(handle));
            f.quarantine("app");
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(claims ? 0 : 503, f.client->sent().status);
            CPPUNIT_ASSERT_EQUAL(claims ? MORTISE_OK : MORTISE_STALE, f.app.reply(handle));
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(claims ? 209 : 503, f.client->sent().status);
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        }
    }
    void aClosedServerRefuses() {
        DispatchFixture f;
        f.serve();
        f.close();
        CPPUNIT_ASSERT_EQUAL(503, f.get("/loop"));
        CPPUNIT_ASSERT(f.client->sent().body.find("stopping") != std::string::npos);
        CPPUNIT_ASSERT(f.turn->called.empty());
    }
    // Whatever its plugin goes on to write; its turn goes on.
    void aHeadOfAStreamIsAllOfIt() {
        DispatchFixture f;
        mortise_exchange handle = 0;
        f.app.handler = [&](mortise_exchange given, const mortise_request&) {
            handle = given;
            f.app.beginStream(given);
            return MORTISE_PENDING;
        };
        f.serve();
        f.connect().request("HEAD /loop HTTP/1.1\r\nHost: a\r\n\r\n");
        f.environment.runPosted();
        CPPUNIT_ASSERT(f.client->sent().complete && f.client->keptViews());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.watch->finished.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.dispatcher->open());
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.write(handle, "x"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.endStream(handle));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, f.app.endStream(handle));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    void refusedByTheWritersOfUploads() {
        DispatchFixture f;
        f.serve();
        f.environment.refuseTasks();
        const std::string body = "--B\r\nContent-Disposition: form-data; name=f; filename=\"a\"\r\n\r\n" +
                                 std::string(100'000, 'x') + "\r\n--B--\r\n";
        f.connect().post("/upload", body.size(), "Content-Type: multipart/form-data; boundary=B\r\n");
        f.client->piece(body);
        CPPUNIT_ASSERT_EQUAL(503, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, f.bodies.used());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DispatcherRaceTest);

} // namespace mortise::dispatch
