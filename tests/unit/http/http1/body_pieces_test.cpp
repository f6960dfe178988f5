// SPDX-License-Identifier: Apache-2.0
#include "server_fixture.hpp"

using namespace std::string_literals;

namespace mortise::http::http1 {

// Bodies that are handed over as they come.
class BodyPiecesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BodyPiecesTest);
    CPPUNIT_TEST(handsOverSmallBodies);
    CPPUNIT_TEST(handsOverLargeBodies);
    CPPUNIT_TEST(handsOverChunkedBodies);
    CPPUNIT_TEST(keepsNothing);
    CPPUNIT_TEST(waitsWhilePaused);
    CPPUNIT_TEST(pausesStopNoClock);
    CPPUNIT_TEST(mayGetItsResponseInBetween);
    CPPUNIT_TEST(limitsHold);
    CPPUNIT_TEST(chargesAreGivenBack);
    CPPUNIT_TEST(clientGoneEndsTheExchange);
    CPPUNIT_TEST_SUITE_END();

    static std::string post(const std::string& path, std::size_t length, const std::string& fields = {}) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + std::to_string(length) +
               "\r\n\r\n";
    }
    static std::string chunked(const std::string& body, std::size_t size) {
        std::string raw = "POST /pieces HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        char length[20];
        for (std::size_t at = 0; at < body.size(); at += size) {
            const std::string piece = body.substr(at, size);
            std::snprintf(length, sizeof length, "%zx\r\n", piece.size());
            raw += length + piece + "\r\n";
        }
        return raw + "0\r\n\r\n";
    }
    static std::string numbers(int count) {
        std::string body;
        for (int i = 0; i < count; ++i) body += std::to_string(i);
        return body;
    }

public:
    void handsOverSmallBodies() {
        TestServer server;
        Client client(server);
        CPPUNIT_ASSERT_EQUAL("body abc"s, client.send(post("/pieces", 3) + "abc").body());
        client.send(post("/pieces", 5) + "abc");
        server.onLoop([] {});
        client.send("de").get("/next");
        CPPUNIT_ASSERT_EQUAL("body abcde"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
        CPPUNIT_ASSERT_EQUAL("body "s, client.send(post("/pieces", 0)).body());
        client.send(post("/pieces", 2, "Expect: 100-continue\r\n"));
        CPPUNIT_ASSERT_EQUAL("HTTP/1.1 100 Continue\r\n\r\n"s, client.response());
        CPPUNIT_ASSERT_EQUAL("body ab"s, client.send("ab").body());
        // two at once
        client.send(post("/pieces", 1) + "a" + post("/pieces", 1) + "b");
        CPPUNIT_ASSERT_EQUAL("body a"s, client.body());
        CPPUNIT_ASSERT_EQUAL("body b"s, client.body());
    }

    void handsOverLargeBodies() {
        TestServer server;
        Client client(server);
        const std::string body = numbers(200'000);
        client.send(post("/pieces", body.size()) + body).get("/next");
        CPPUNIT_ASSERT("body " + body == client.body());
        CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
    }

    void handsOverChunkedBodies() {
        TestServer server;
        Client client(server);
        const std::string body = numbers(40'000);
        for (const std::size_t size : {3U, 1000U, 50'000U}) {
            client.send(chunked(body, size)).get("/next");
            CPPUNIT_ASSERT("body " + body == client.body());
            CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
        }
        CPPUNIT_ASSERT_EQUAL("body ab"s, client.send(chunked("ab", 1)).body());
    }

    void keepsNothing() {
        auto settings = testSettings();
        settings->limits.buffered_body_bytes = 1;
        TestServer server(settings);
        Client client(server);
        const std::string body = numbers(50'000);
        CPPUNIT_ASSERT("body " + body == client.send(post("/pieces", body.size()) + body).body());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
    }

    void waitsWhilePaused() {
        TestServer server;
        Client client(server);
        const std::string body = numbers(20'000);
        std::thread sender([&] { client.send(post("/pause", body.size()) + body); });
        std::size_t before = 0;
        for (std::size_t turn = 1; before < body.size(); ++turn) {
            const Handle id = server.waitFor(turn);
            server.onLoop([] {});
            server.onLoop([&] {
                CPPUNIT_ASSERT_EQUAL(turn, server.handler.waiting().size());
                before = server.handler.pieces.size();
                if (Exchange* const exchange = server.handler.find(id); exchange->belongs(id)) exchange->resumeBody();
            });
            if (server.handler.finished == 1) break;
        }
        sender.join();
        CPPUNIT_ASSERT("body " + body == client.body());
        CPPUNIT_ASSERT(server.handler.waiting().size() > 1);
    }

    // Whoever is paused is not the one who is slow.
    void pausesStopNoClock() {
        auto settings = testSettings();
        settings->limits.body_timeout_ms = 300;
        settings->limits.body_bytes_per_second = 0;
        TestServer server(settings);
        Client client(server);
        client.send(post("/pause", 6) + "abc");
        const Handle id = server.waitFor(1);
        const std::uint64_t begin = base::monotonicNs();
        eventually("the deadline would have passed", [&] { return base::monotonicNs() - begin > 600'000'000; });
        server.onLoop([&] { server.at(id).resumeBody(); });
        client.send("def");
        server.waitFor(2);
        CPPUNIT_ASSERT_EQUAL("body abcdef"s, client.body());
        // resumed, it goes on
        client.send(post("/pause", 6) + "abc");
        const Handle third = server.waitFor(3);
        server.onLoop([&] { server.at(third).resumeBody(); });
        CPPUNIT_ASSERT(client.untilClosed().ends_with("http_body_timeout"));
    }

    void mayGetItsResponseInBetween() {
        TestServer server;
        Client client(server);
        client.send(post("/refuse", 10) + "abc");
        CPPUNIT_ASSERT(client.untilClosed().ends_with("Connection: close\r\n\r\nenough"));
        Client whole(server);
        whole.send(post("/refuse", 3) + "abc");
        CPPUNIT_ASSERT(whole.response().starts_with("HTTP/1.1 400 "));
        Client spilled(server);
        spilled.send(post("/refuse", 3));
        server.onLoop([] {});
        spilled.send("abc");
        CPPUNIT_ASSERT(spilled.response().starts_with("HTTP/1.1 400 "));
    }

    void limitsHold() {
        TestServer server;
        Client client(server);
        CPPUNIT_ASSERT(client.send(post("/pieces", 2'000'001)).untilClosed().ends_with("http_body_too_large"));
        Client longer(server);
        longer.send("POST /pieces HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + ("10\r\n"s) +
                    std::string(16, 'x') + "\r\n1e8480\r\n");
        CPPUNIT_ASSERT(longer.untilClosed().ends_with("http_body_too_large"));
        Client bad(server);
        bad.send("POST /pieces HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        server.onLoop([] {});
        CPPUNIT_ASSERT(bad.send("x\r\n").untilClosed().ends_with("http_bad_chunk"));
    }

    void chargesAreGivenBack() {
        auto settings = testSettings();
        settings->limits.buffered_body_bytes = 100;
        TestServer server(settings);
        Client client(server);
        client.get("/wait");
        const Handle id = server.waitFor(1);
        server.onLoop([&] {
            Exchange& exchange = server.at(id);
            CPPUNIT_ASSERT(exchange.chargeBody(60));
            CPPUNIT_ASSERT(!exchange.chargeBody(41));
            CPPUNIT_ASSERT(exchange.chargeBody(40));
        });
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{100}, server.shared.bufferedBodyBytes());
        server.release(id, "ok");
        CPPUNIT_ASSERT_EQUAL("ok"s, client.body());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
    }

    void clientGoneEndsTheExchange() {
        TestServer server;
        {
            Client client(server);
            client.send(post("/pause", 10) + "abc");
            server.waitFor(1);
            client.reset();
        }
        eventually("the exchange ends", [&] { return server.handler.finished == 1; });
        CPPUNIT_ASSERT_EQUAL(1, server.handler.lost.load());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BodyPiecesTest);

} // namespace mortise::http::http1
