// SPDX-License-Identifier: Apache-2.0
#include "server_fixture.hpp"

#include <cstdio>

#include <sys/stat.h>

using namespace std::string_literals;

namespace mortise::http::http1 {

class LoopServerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LoopServerTest);
    CPPUNIT_TEST(respondsAndKeepsAlive);
    CPPUNIT_TEST(takesBytesOneByOne);
    CPPUNIT_TEST(servesPipelinedInOrder);
    CPPUNIT_TEST(pendingResponsesKeepTheirOrder);
    CPPUNIT_TEST(manyPipelinedOutgrowTheOutput);
    CPPUNIT_TEST(http10ClosesUnlessAsked);
    CPPUNIT_TEST(headHasNoBody);
    CPPUNIT_TEST(noContentHasNoLength);
    CPPUNIT_TEST(readsBodies);
    CPPUNIT_TEST(readsLargeBodies);
    CPPUNIT_TEST(readsChunkedBodies);
    CPPUNIT_TEST(largeChunkedBodyIsFollowedByTheNext);
    CPPUNIT_TEST(continuesWhenExpected);
    CPPUNIT_TEST(earlyResponseToExpectationCloses);
    CPPUNIT_TEST(bodyMayBeAskedForLater);
    CPPUNIT_TEST(respondsWhileTheBodyIsRead);
    CPPUNIT_TEST(unreadBodyIsNoRequest);
    CPPUNIT_TEST(largeUnreadBodyClosesWithoutReset);
    CPPUNIT_TEST(malformedClosesWithResponse);
    CPPUNIT_TEST(malformedBodyAfterHead);
    CPPUNIT_TEST(limits);
    CPPUNIT_TEST(streamsChunked);
    CPPUNIT_TEST(streamsUntilClose);
    CPPUNIT_TEST(abortedStreamIsCut);
    CPPUNIT_TEST(streamWaitsForTheReader);
    CPPUNIT_TEST(largeResponse);
    CPPUNIT_TEST(respondsFromAFile);
    CPPUNIT_TEST(cutsAFileThatBecameShorter);
    CPPUNIT_TEST(fieldsInOrder);
    CPPUNIT_TEST(requestIds);
    CPPUNIT_TEST(slotsAreUsedAgain);
    CPPUNIT_TEST(viewsOutliveTheClient);
    CPPUNIT_TEST(clientGoneInBodyEndsTheExchange);
    CPPUNIT_TEST(halfClosedClientGetsItsResponses);
    CPPUNIT_TEST(pendingExchangeBoundsInput);
    CPPUNIT_TEST(trustedProxies);
    CPPUNIT_TEST(proxiesAreReportedOnce);
    CPPUNIT_TEST(settingsChange);
    CPPUNIT_TEST(listenersComeAndGo);
    CPPUNIT_TEST(unixSocket);
    CPPUNIT_TEST(adoptedSocket);
    CPPUNIT_TEST(outcomes);
    CPPUNIT_TEST_SUITE_END();

public:
    void respondsAndKeepsAlive() {
        TestServer server;
        Client client(server);
        for (int i = 0; i < 3; ++i) {
            const std::string response = client.get("/x?y").response();
            CPPUNIT_ASSERT(response.starts_with("HTTP/1.1 200 OK\r\nDate: "));
            CPPUNIT_ASSERT(contains(response, " GMT\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n"));
            CPPUNIT_ASSERT(!contains(response, "Connection"));
            CPPUNIT_ASSERT(response.ends_with("\r\n\r\nhello /x?y"));
        }
        CPPUNIT_ASSERT_EQUAL(1, server.handler.attachments.load());
        server.onLoop([&] {
            CPPUNIT_ASSERT_EQUAL(1UL, server.server.idleConnections());
            CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used());
        });
    }

    void takesBytesOneByOne() {
        TestServer server;
        Client client(server);
        const std::string raw =
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        for (const char c : raw) {
            client.send({&c, 1});
            server.onLoop([] {});
        }
        CPPUNIT_ASSERT_EQUAL("body abc"s, client.body());
    }

    void servesPipelinedInOrder() {
        TestServer server;
        Client client(server);
        std::string all;
        for (int i = 0; i < 200; ++i) {
            all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
            all += "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab";
        }
        client.send(all);
        for (int i = 0; i < 200; ++i) {
            CPPUNIT_ASSERT_EQUAL("hello /" + std::to_string(i), client.body());
            CPPUNIT_ASSERT_EQUAL("body ab"s, client.body());
        }
    }

    void pendingResponsesKeepTheirOrder() {
        TestServer server;
        Client client(server);
        client.get("/1").get("/wait").get("/2").get("/wait").get("/3");
        CPPUNIT_ASSERT_EQUAL("hello /1"s, client.body());
        server.release(server.waitFor(1), "first");
        CPPUNIT_ASSERT_EQUAL("first"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        server.release(server.waitFor(2), "second");
        CPPUNIT_ASSERT_EQUAL("second"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /3"s, client.body());
    }

    void manyPipelinedOutgrowTheOutput() {
        auto settings = testSettings();
        settings->limits.output_high_bytes = 2000;
        TestServer server(settings);
        Client client(server);
        constexpr int count = 50'000;
        std::thread sender([&] {
            std::string all;
            for (int i = 0; i < count; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
            client.send(all);
        });
        // Nobody reads: the responses fill the sockets, then the server stops taking requests.
        int before = -1;
        eventually("the server stalls", [&] {
            ::poll(nullptr, 0, 50);
            const int now = server.handler.finished;
            return now > 0 && std::exchange(before, now) == now;
        });
        for (int i = 0; i < count; ++i) CPPUNIT_ASSERT_EQUAL("hello /" + std::to_string(i), client.body());
        sender.join();
    }

    void http10ClosesUnlessAsked() {
        TestServer server;
        Client once(server);
        CPPUNIT_ASSERT(contains(once.send("GET / HTTP/1.0\r\n\r\n").untilClosed(), "Connection: close\r\n\r\nhello /"));
        Client kept(server);
        const std::string request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        CPPUNIT_ASSERT(contains(kept.send(request).response(), "Connection: keep-alive\r\n"));
        CPPUNIT_ASSERT(contains(kept.send(request).response(), "hello /"));
        Client asked(server);
        CPPUNIT_ASSERT(contains(asked.get("/", "Connection: close\r\n").untilClosed(), "Connection: close\r\n"));
        Client told(server);
        CPPUNIT_ASSERT(contains(told.get("/close").untilClosed(), "Connection: close\r\n"));
    }

    void headHasNoBody() {
        TestServer server;
        Client client(server);
        client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n").get("/x");
        CPPUNIT_ASSERT(contains(client.response(true), "Content-Length: 10\r\n"));
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.body());
        client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n").get("/y");
        CPPUNIT_ASSERT(contains(client.response(true), "Transfer-Encoding: chunked\r\n"));
        CPPUNIT_ASSERT_EQUAL("hello /y"s, client.body());
    }

    void noContentHasNoLength() {
        TestServer server;
        Client client(server);
        client.get("/none").get("/x");
        const std::string response = client.response();
        CPPUNIT_ASSERT(response.starts_with("HTTP/1.1 204 No Content\r\n"));
        CPPUNIT_ASSERT(!contains(response, "Content-Length") && !contains(response, "Transfer-Encoding"));
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.body());
    }

    void readsBodies() {
        TestServer server;
        Client client(server);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
        server.onLoop([] {});
        client.send("llo");
        CPPUNIT_ASSERT_EQUAL("body hello"s, client.body());
        CPPUNIT_ASSERT_EQUAL("body "s, client.get("/echo").body());
        CPPUNIT_ASSERT_EQUAL("body "s,
                             client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body());
    }

    void readsLargeBodies() {
        TestServer server;
        Client client(server);
        for (const std::size_t size : {4000UL, 4096UL, 5000UL, 100'000UL, 1'048'576UL}) {
            std::string body;
            while (body.size() < size) body += std::to_string(body.size()) + ",";
            body.resize(size);
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                        body);
            client.get("/next");
            CPPUNIT_ASSERT("body " + body == client.body());
            CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
        }
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
    }

    void readsChunkedBodies() {
        TestServer server;
        Client client(server);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n");
        server.onLoop([] {});
        client.send("1\r\n!\r\n0\r\nX-Sum: dropped\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL("body hello!"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
    }

    void largeChunkedBodyIsFollowedByTheNext() {
        TestServer server;
        Client client(server);
        std::string raw;
        std::string body;
        for (int i = 0; i < 40'000; ++i) {
            const std::string piece = std::to_string(i);
            body += piece;
            raw += std::to_string(piece.size()) + "\r\n" + piece + "\r\n";
        }
        std::string next;
        for (int i = 0; i < 300; ++i) next += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + raw + "0\r\n\r\n" + next);
        CPPUNIT_ASSERT("body " + body == client.body());
        for (int i = 0; i < 300; ++i) CPPUNIT_ASSERT_EQUAL("hello /" + std::to_string(i), client.body());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
    }

    void continuesWhenExpected() {
        TestServer server;
        Client client(server);
        const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        CPPUNIT_ASSERT_EQUAL("HTTP/1.1 100 Continue\r\n\r\n"s, client.send(head).response());
        CPPUNIT_ASSERT_EQUAL("body ab"s, client.send("ab").body());
        // The body came along: nobody waits.
        CPPUNIT_ASSERT_EQUAL("body cd"s, client.send(head + "cd").body());
    }

    void earlyResponseToExpectationCloses() {
        TestServer server;
        Client client(server);
        client.send("POST /early HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        const std::string all = client.untilClosed();
        CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 401 "));
        CPPUNIT_ASSERT(contains(all, "Connection: close\r\n"));
    }

    void bodyMayBeAskedForLater() {
        TestServer server;
        Client client(server);
        client.send("POST /wait HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9000\r\n\r\n");
        const Handle id = server.waitFor(1);
        server.onLoop([&] { CPPUNIT_ASSERT(server.at(id).readBody()); });
        CPPUNIT_ASSERT_EQUAL("HTTP/1.1 100 Continue\r\n\r\n"s, client.response());
        client.send(std::string(9000, 'x')).get("/next");
        CPPUNIT_ASSERT_EQUAL("body " + std::string(9000, 'x'), client.body());
        CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
        // The body was there before it was asked for, and the socket was no longer watched.
        client.send("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        const Handle second = server.waitFor(2);
        client.send("abc");
        server.onLoop([] {});
        server.onLoop([&] { CPPUNIT_ASSERT(server.at(second).readBody()); });
        CPPUNIT_ASSERT_EQUAL("body abc"s, client.body());
    }

    void respondsWhileTheBodyIsRead() {
        TestServer server;
        Client client(server);
        client.send("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        const Handle id = server.waitFor(1);
        server.onLoop([&] { CPPUNIT_ASSERT(server.at(id).readBody()); });
        server.release(id, "enough");
        CPPUNIT_ASSERT(client.untilClosed().ends_with("Connection: close\r\n\r\nenough"));
    }

    void unreadBodyIsNoRequest() {
        TestServer server;
        Client client(server);
        const std::string inside = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        const std::string head = "POST /early HTTP/1.1\r\nHost: a\r\n";
        const std::string length = head + "Content-Length: " + std::to_string(inside.size()) + "\r\n\r\n";
        client.send(length + inside).get("/1");
        CPPUNIT_ASSERT_EQUAL("no"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /1"s, client.body());
        client.send(length); // the body comes after the response
        CPPUNIT_ASSERT_EQUAL("no"s, client.body());
        for (const char c : inside) {
            client.send({&c, 1});
            server.onLoop([] {});
        }
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.get("/2").body());
        client.send(head + "Transfer-Encoding: chunked\r\n\r\n23\r\n" + inside + "\r\n0\r\n\r\n").get("/3");
        const std::string response = client.response();
        CPPUNIT_ASSERT(response.starts_with("HTTP/1.1 401 "));
        if (contains(response, "Connection: close")) {
            CPPUNIT_ASSERT_EQUAL(""s, client.untilClosed());
        } else {
            CPPUNIT_ASSERT_EQUAL("hello /3"s, client.body());
        }
        CPPUNIT_ASSERT(server.handler.lastTarget() != "/smuggled");
    }

    void largeUnreadBodyClosesWithoutReset() {
        TestServer server;
        Client client(server);
        const std::string body(1'000'000, 'x');
        client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body);
        const std::string all = client.untilClosed();
        CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 401 "));
        CPPUNIT_ASSERT(contains(all, "Connection: close\r\n"));
        Client endless(server);
        endless.send("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nabc");
        CPPUNIT_ASSERT(contains(endless.untilClosed(), "Connection: close\r\n"));
    }

    void malformedClosesWithResponse() {
        TestServer server;
        Client client(server);
        client.get("/1").send("GET /bad HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n").get("/never");
        CPPUNIT_ASSERT_EQUAL("hello /1"s, client.body());
        const std::string all = client.untilClosed();
        CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        CPPUNIT_ASSERT(contains(all, "X-Request-Id: "));
        CPPUNIT_ASSERT(all.ends_with("Connection: close\r\n\r\nhttp_bad_field"));
        CPPUNIT_ASSERT_EQUAL("/bad"s, server.handler.lastTarget());
        Client garbage(server);
        CPPUNIT_ASSERT(garbage.send("\x16\x03\x01\x02").untilClosed().starts_with("HTTP/1.1 400 "));
    }

    void malformedBodyAfterHead() {
        TestServer server;
        Client client(server);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc");
        CPPUNIT_ASSERT(client.untilClosed().ends_with("http_bad_chunk"));
        Client large(server);
        large.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
        const std::string all = large.untilClosed();
        CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 413 "));
        CPPUNIT_ASSERT(all.ends_with("http_body_too_large"));
        Client fits(server);
        CPPUNIT_ASSERT_EQUAL("body abcd"s,
                             fits.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd").body());
    }

    void limits() {
        auto settings = testSettings();
        settings->limits.max_requests = 2;
        TestServer server(settings);
        const auto verdict = [&](const std::string& raw) {
            Client client(server);
            client.trySend(raw);
            return client.untilClosed().substr(9, 3);
        };
        CPPUNIT_ASSERT_EQUAL("414"s, verdict("GET /" + std::string(9000, 'a')));
        CPPUNIT_ASSERT_EQUAL("431"s, verdict("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'a')));
        std::string fields;
        for (int i = 0; i < 101; ++i) fields += "X: y\r\n";
        CPPUNIT_ASSERT_EQUAL("431"s, verdict("GET / HTTP/1.1\r\n" + fields + "\r\n"));
        CPPUNIT_ASSERT_EQUAL("413"s, verdict("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL("501"s, verdict("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL("505"s, verdict("GET / HTTP/3.0\r\nHost: a\r\n\r\n"));
        // 32 KiB of fields are fine, in a buffer that grows.
        Client client(server);
        CPPUNIT_ASSERT_EQUAL("hello /"s, client.get("/", "X: " + std::string(32'000, 'a') + "\r\n").body());
        CPPUNIT_ASSERT(contains(client.get("/").untilClosed(), "Connection: close\r\n")); // the second and last
    }

    void streamsChunked() {
        TestServer server;
        Client client(server);
        client.get("/stream").get("/x");
        const std::string response = client.response();
        CPPUNIT_ASSERT(contains(response, "Transfer-Encoding: chunked\r\n") && !contains(response, "Content-Length"));
        CPPUNIT_ASSERT(response.ends_with("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.body());
    }

    void streamsUntilClose() {
        TestServer server;
        Client client(server);
        const std::string all = client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").untilClosed();
        CPPUNIT_ASSERT(all.ends_with("Connection: close\r\n\r\nonetwo"));
        CPPUNIT_ASSERT(!contains(all, "Transfer-Encoding"));
    }

    void abortedStreamIsCut() {
        TestServer server;
        Client client(server);
        CPPUNIT_ASSERT(client.get("/abort").wasReset());
        eventually("it is finished", [&] { return server.handler.finished == 1; });
        CPPUNIT_ASSERT(server.handler.lastOutcome().cut);
    }

    void streamWaitsForTheReader() {
        TestServer server;
        Client client(server);
        client.get("/flood");
        eventually("the output is full", [&] { return server.handler.flooded > 0; });
        server.onLoop([] {});
        CPPUNIT_ASSERT(server.handler.flooded < TestHandler::flood_bytes);
        std::size_t size = 0;
        CPPUNIT_ASSERT((size = client.body().size()) > TestHandler::flood_bytes);
        CPPUNIT_ASSERT(server.handler.writable > 0);
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.get("/x").body());
    }

    void largeResponse() {
        TestServer server;
        Client client(server);
        client.get("/large").get("/large").get("/x");
        CPPUNIT_ASSERT_EQUAL(3'000'000UL, client.body().size());
        CPPUNIT_ASSERT_EQUAL(3'000'000UL, client.body().size());
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.body());
    }

    void respondsFromAFile() {
        TestServer server;
        server.handler.file = TestFile(5'000'000);
        server.handler.file_offset = 7;
        server.handler.file_left = 4'000'000;
        Client client(server);
        client.get("/file").get("/x").get("/file");
        const std::string body = client.body();
        CPPUNIT_ASSERT_EQUAL(4'000'000UL, body.size());
        CPPUNIT_ASSERT(body == server.handler.file.bytes().substr(7, 4'000'000));
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.body());
        CPPUNIT_ASSERT_EQUAL(4'000'000UL, client.body().size());
        const std::string head = client.send("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n").response(true);
        CPPUNIT_ASSERT(contains(head, "Content-Length: 4000000\r\n"));
        server.handler.file_left = 0;
        CPPUNIT_ASSERT_EQUAL(0UL, client.get("/file").body().size());
        CPPUNIT_ASSERT_EQUAL("hello /x"s, client.get("/x").body());
    }

    void cutsAFileThatBecameShorter() {
        TestServer server;
        server.handler.file = TestFile(1'000);
        server.handler.file_left = 2'000;
        Client client(server);
        client.get("/file");
        CPPUNIT_ASSERT(client.wasReset());
        CPPUNIT_ASSERT_EQUAL("hello /x"s, Client(server).get("/x").body());
    }

    void fieldsInOrder() {
        TestServer server;
        Client client(server);
        const std::string response = client.get("/fields").response();
        CPPUNIT_ASSERT(response.starts_with("HTTP/1.1 299 \r\n"));
        CPPUNIT_ASSERT(contains(response, "Content-Length: 0\r\nX-Constant: 1\r\nX-Good: yes\r\nX-Request-Id: "));
    }

    void requestIds() {
        TestServer server;
        Client client(server);
        CPPUNIT_ASSERT(contains(client.get("/", "X-Request-Id: a-B_c.9\r\n").response(), "X-Request-Id: a-B_c.9\r\n"));
        std::string before;
        for (const std::string& bad : {""s, "X-Request-Id: a b\r\n"s, "X-Request-Id: \r\n"s,
                                       "X-Request-Id: " + std::string(129, 'a') + "\r\n", "X-Request-Id: a/b\r\n"s}) {
            const std::string response = client.get("/", bad).response();
            const std::size_t at = response.find("X-Request-Id: ");
            const std::string id = response.substr(at + 14, response.find('\r', at) - at - 14);
            CPPUNIT_ASSERT_EQUAL(24UL, id.size());
            CPPUNIT_ASSERT(id.find_first_not_of("0123456789abcdef") == std::string::npos);
            CPPUNIT_ASSERT(id != before);
            before = id;
        }
    }

    void slotsAreUsedAgain() {
        TestServer server;
        Client client(server);
        client.get("/wait");
        const Handle first = server.waitFor(1);
        Exchange& exchange = server.at(first);
        CPPUNIT_ASSERT_EQUAL(server.server.index(), first.loop());
        server.release(first, "one");
        CPPUNIT_ASSERT_EQUAL("one"s, client.body());
        CPPUNIT_ASSERT(!exchange.belongs(first));
        client.get("/wait");
        const Handle next = server.waitFor(2);
        CPPUNIT_ASSERT_EQUAL(first.slot(), next.slot());
        CPPUNIT_ASSERT(!exchange.belongs(first) && exchange.belongs(next));
        server.release(next, "again");
        CPPUNIT_ASSERT_EQUAL("again"s, client.body());
    }

    void viewsOutliveTheClient() {
        TestServer server;
        auto client = std::make_unique<Client>(server);
        client->get("/wait?secret=1", "X-Mine: kept\r\n");
        const Handle id = server.waitFor(1);
        client->reset();
        eventually("it is lost", [&] { return server.handler.lost == 1; });
        // Others reuse what can be reused meanwhile.
        for (int i = 0; i < 50; ++i) CPPUNIT_ASSERT_EQUAL("hello /x"s, Client(server).get("/x").body());
        Exchange& exchange = server.at(id);
        CPPUNIT_ASSERT(exchange.isLost());
        CPPUNIT_ASSERT_EQUAL("/wait?secret=1"s, std::string(exchange.target()));
        CPPUNIT_ASSERT_EQUAL("kept"s, std::string(exchange.field("x-mine")));
        server.release(id, "nobody hears");
        CPPUNIT_ASSERT(!exchange.belongs(id));
        const Outcome outcome = server.handler.lastOutcome();
        CPPUNIT_ASSERT(outcome.cut);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, outcome.bytes);
        server.onLoop([&] { CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used()); });
    }

    void clientGoneInBodyEndsTheExchange() {
        TestServer server;
        Client(server).send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\nabc");
        eventually("it is finished", [&] { return server.handler.finished == 1; });
        CPPUNIT_ASSERT_EQUAL(1, server.handler.lost.load());
        CPPUNIT_ASSERT_EQUAL(0, server.handler.lastOutcome().status);
        server.onLoop([&] { CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used() + server.server.connections()); });
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
        // A head that never ends is no exchange.
        Client(server).send("GET / HTTP/1.1\r\nHo");
        eventually("it is released", [&] { return server.handler.released == 1; });
        server.onLoop([&] { CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used() + server.server.connections()); });
        CPPUNIT_ASSERT_EQUAL(1, server.handler.finished.load());
    }

    void halfClosedClientGetsItsResponses() {
        TestServer server;
        Client client(server);
        client.get("/1").get("/wait").get("/2");
        client.shutdownWrite();
        CPPUNIT_ASSERT_EQUAL("hello /1"s, client.body());
        server.release(server.waitFor(1), "late");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        CPPUNIT_ASSERT_EQUAL(""s, client.untilClosed());
        CPPUNIT_ASSERT_EQUAL(0, server.handler.lost.load());
    }

    void pendingExchangeBoundsInput() {
        TestServer server;
        Client client(server);
        client.get("/wait");
        const Handle id = server.waitFor(1);
        // Far more than the server's buffer: it stays with the kernel.
        const std::string more = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
        std::string many;
        for (int i = 0; i < 2000; ++i) many += more;
        std::thread sender([&] { client.send(many); });
        server.release(id, "go on");
        CPPUNIT_ASSERT_EQUAL("go on"s, client.body());
        for (int i = 0; i < 2000; ++i) CPPUNIT_ASSERT_EQUAL("hello /x"s, client.body());
        sender.join();
    }

    void trustedProxies() {
        const auto info = [](TestServer& server, const std::string& fields) {
            const std::string body = Client(server).get("/info", fields + "X-Request-Id: r\r\n").body();
            return body;
        };
        {
            TestServer server;
            CPPUNIT_ASSERT_EQUAL("127.0.0.1 http a r 127.0.0.1"s,
                                 info(server, "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"));
        }
        auto settings = testSettings();
        CPPUNIT_ASSERT(settings->trusted_proxies.add("127.0.0.0/8") && settings->trusted_proxies.add("10.0.0.0/8"));
        TestServer server(settings);
        CPPUNIT_ASSERT_EQUAL("127.0.0.1 http a r 127.0.0.1"s, info(server, ""));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4 https a r 127.0.0.1"s,
                             info(server, "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4 http a r 127.0.0.1"s,
                             info(server, "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.9\r\n"));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4 http a r 127.0.0.1"s,
                             info(server, "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nX-Forwarded-For: 10.1.1.1\r\n"));
        CPPUNIT_ASSERT_EQUAL("2001:db8::1 http a r 127.0.0.1"s, info(server, "X-Forwarded-For: [2001:db8::1]:99\r\n"));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4 http a r 127.0.0.1"s, info(server, "X-Forwarded-For: 1.2.3.4:5678\r\n"));
        CPPUNIT_ASSERT_EQUAL(":: http a r 127.0.0.1"s, info(server, "X-Forwarded-For: evil, 10.0.0.9\r\n"));
        for (const std::string value : {"unknown", "_hidden", "", "1.2.3.4,", "1.2.3.4, unknown"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(value, ":: http a r 127.0.0.1"s,
                                         info(server, "X-Forwarded-For: " + value + "\r\n"));
    }

    void proxiesAreReportedOnce() {
        TestServer server;
        for (const std::string quiet : {"", "Via: 1.1 a\r\n", "X-Client-IP: 1.2.3.4\r\n", "X-Forwarded-Host: a\r\n"})
            Client(server).get("/info", quiet).body();
        CPPUNIT_ASSERT_EQUAL(0, server.log.count());
        Client first(server);
        for (const std::string field : {"fOrWarded: for=1.2.3.4\r\n", "x-forwarded-FOR: 1.2.3.4\r\n"}) {
            first.get("/info", field).body();
            Client(server).get("/info", field).body();
            CPPUNIT_ASSERT_EQUAL(1, server.log.count());
        }
        CPPUNIT_ASSERT_EQUAL("A proxy on this machine is not trusted"s, server.log.last());
        first.get("/info", "x-real-ip: 1.2.3.4\r\n").body();
        CPPUNIT_ASSERT_EQUAL(2, server.log.count());
    }

    void settingsChange() {
        TestServer server;
        Client client(server);
        CPPUNIT_ASSERT_EQUAL(200, client.get("/").status());
        auto settings = testSettings();
        settings->limits.request_line_bytes = 20;
        server.onLoop([&] { server.server.apply(settings); });
        CPPUNIT_ASSERT_EQUAL(200, client.get("/").status());
        CPPUNIT_ASSERT_EQUAL(414, client.get("/a-longer-target").status());
    }

    void listenersComeAndGo() {
        TestServer server;
        std::string why;
        auto second = std::make_shared<Listener>(Listener::open(*ListenAddress::parse("127.0.0.1:0", why), {}));
        CPPUNIT_ASSERT(second->port() != server.listener->port());
        CPPUNIT_ASSERT_EQUAL("127.0.0.1:" + std::to_string(second->port()), second->text());
        server.onLoop([&] { CPPUNIT_ASSERT(server.server.addListener(second)); });
        Client kept(*second);
        CPPUNIT_ASSERT_EQUAL("hello /1"s, kept.get("/1").body());
        server.onLoop([&] { server.server.removeListener(*second); });
        second.reset();
        CPPUNIT_ASSERT_EQUAL("hello /2"s, kept.get("/2").body());
        CPPUNIT_ASSERT_EQUAL("hello /3"s, Client(server).get("/3").body());
    }

    void unixSocket() {
        char folder[] = "/tmp/mortise-http-XXXXXX";
        CPPUNIT_ASSERT(::mkdtemp(folder) != nullptr);
        const std::string path = std::string(folder) + "/s";
        {
            TestServer server(testSettings(), "unix:" + path);
            struct stat status {};
            CPPUNIT_ASSERT_EQUAL(0, ::stat(path.c_str(), &status));
            CPPUNIT_ASSERT_EQUAL(0660U, static_cast<unsigned>(status.st_mode & 07777U));
            Client client(server);
            CPPUNIT_ASSERT_EQUAL("hello /x"s, client.get("/x").body());
            CPPUNIT_ASSERT(client.get("/info").body().starts_with("unix http a "));
            client.get("/wait");
            server.waitFor(1);
            client.close(); // a Unix socket tells a full close at once
            eventually("it is lost", [&] { return server.handler.lost == 1; });
        }
        CPPUNIT_ASSERT(::access(path.c_str(), F_OK) != 0);
        ::rmdir(folder);
    }

    void adoptedSocket() {
        TestServer server;
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
        server.onLoop([&] { server.server.adopt(base::UniqueFd(ends[1])); });
        const base::UniqueFd mine(ends[0]);
        const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(request.size()), ::write(ends[0], request.data(), request.size()));
        std::string all;
        char data[1000];
        for (ssize_t size = 0; (size = ::read(ends[0], data, sizeof data)) > 0;)
            all.append(data, static_cast<std::size_t>(size));
        CPPUNIT_ASSERT(all.ends_with("hello /x"));
    }

    void outcomes() {
        TestServer server;
        Client client(server);
        const std::string response = client.get("/x").response();
        eventually("it is finished", [&] { return server.handler.finished == 1; });
        const Outcome outcome = server.handler.lastOutcome();
        CPPUNIT_ASSERT_EQUAL(200, outcome.status);
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(response.size()), outcome.bytes);
        CPPUNIT_ASSERT(!outcome.cut);
        const std::string stream = client.get("/stream").response();
        eventually("both are finished", [&] { return server.handler.finished == 2; });
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(stream.size()), server.handler.lastOutcome().bytes);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(LoopServerTest);

} // namespace mortise::http::http1
