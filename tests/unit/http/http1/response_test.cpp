// SPDX-License-Identifier: Apache-2.0
#include "server_fixture.hpp"

using namespace std::string_literals;

namespace mortise::http::http1 {

// Where a response's body is sent from, and what is kept for whoever still looks at the request.
class ResponseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ResponseTest);
    CPPUNIT_TEST(openTurnKeepsViews);
    CPPUNIT_TEST(openTurnKeepsTheBody);
    CPPUNIT_TEST(openTurnKeepsASpilledBody);
    CPPUNIT_TEST(openTurnAndAnUnreadBody);
    CPPUNIT_TEST(openTurnAtTheLastRequest);
    CPPUNIT_TEST(openTurnOfALostClient);
    CPPUNIT_TEST(borrowedIsGivenBackWhenSent);
    CPPUNIT_TEST(borrowedIsGivenBackWhereNoneIsSent);
    CPPUNIT_TEST(borrowedIsGivenBackByAReset);
    CPPUNIT_TEST(borrowedIsCopied);
    CPPUNIT_TEST(borrowedAboveTheBudgetIsCut);
    CPPUNIT_TEST(borrowedOfOthersStays);
    CPPUNIT_TEST(pipelinedBodiesKeepTheirOrder);
    CPPUNIT_TEST(constantBodies);
    CPPUNIT_TEST(cutWithoutAResponse);
    CPPUNIT_TEST(earlierResponsesAreSentBeforeACut);
    CPPUNIT_TEST(sizeNotSaidToHead);
    CPPUNIT_TEST(nothingOfAFailedResponseIsSent);
    CPPUNIT_TEST_SUITE_END();

    static std::string numbers(std::size_t size) {
        std::string text;
        while (text.size() < size) text += std::to_string(text.size()) + ",";
        text.resize(size);
        return text;
    }
    static std::string post(const std::string& target, std::size_t length) {
        return "POST " + target + " HTTP/1.1\r\nHost: a\r\nX-Mine: kept\r\nContent-Length: " + std::to_string(length) +
               "\r\n\r\n";
    }
    // Looks at everything that the request in front of others came with, after them, and ends its turn.
    static void check(TestServer& server, Handle turn, const std::string& target, const std::string& body) {
        server.onLoop([&] {
            Exchange& exchange = server.at(turn);
            CPPUNIT_ASSERT_EQUAL(target, std::string(exchange.target()));
            CPPUNIT_ASSERT_EQUAL("kept"s, std::string(exchange.field("x-mine")));
            CPPUNIT_ASSERT(body == exchange.body());
            server.handler.endTurn(turn);
            CPPUNIT_ASSERT(!exchange.belongs(turn));
            CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used());
        });
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
    }

public:
    void openTurnKeepsViews() {
        TestServer server;
        Client client(server);
        client.get("/turn?x=1", "X-Mine: kept\r\n").get("/2").get("/3");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /3"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /4"s, client.get("/4").body());
        check(server, server.waitFor(1), "/turn?x=1", "");
        // alone in its buffer
        CPPUNIT_ASSERT_EQUAL("late"s, client.get("/turn", "X-Mine: kept\r\n").body());
        CPPUNIT_ASSERT_EQUAL("hello /5"s, client.get("/5").body());
        check(server, server.waitFor(2), "/turn", "");
        // only the beginning of the next one behind it
        client.get("/turn", "X-Mine: kept\r\n").send("GET /6 HT");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /6"s, client.send("TP/1.1\r\nHost: a\r\n\r\n").body());
        check(server, server.waitFor(3), "/turn", "");
    }

    void openTurnKeepsTheBody() {
        TestServer server;
        Client client(server);
        client.send(post("/turn", 3) + "abc").get("/2");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        check(server, server.waitFor(1), "/turn", "abc");
    }

    void openTurnKeepsASpilledBody() {
        TestServer server;
        Client client(server);
        const std::string body = numbers(100'000);
        client.send(post("/turn", body.size()) + body).get("/2");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        check(server, server.waitFor(1), "/turn", body);
        // Of a chunked one, what comes behind it has a buffer already.
        char size[20];
        std::snprintf(size, sizeof size, "%zx\r\n", body.size());
        client.send("POST /turn HTTP/1.1\r\nHost: a\r\nX-Mine: kept\r\nTransfer-Encoding: chunked\r\n\r\n" +
                    std::string(size) + body + "\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        CPPUNIT_ASSERT_EQUAL("hello /3"s, client.body());
        check(server, server.waitFor(2), "/turn", body);
    }

    void openTurnAndAnUnreadBody() {
        TestServer server;
        Client client(server);
        client.send(post("/early-turn", 10) + "abc");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
        client.send("defghij").get("/2");
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        check(server, server.waitFor(1), "/early-turn", "");
    }

    void openTurnAtTheLastRequest() {
        TestServer server;
        Client client(server);
        client.get("/turn", "X-Mine: kept\r\nConnection: close\r\n");
        CPPUNIT_ASSERT(client.untilClosed().ends_with("late"));
        client.close();
        eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
        CPPUNIT_ASSERT_EQUAL("hello /2"s, Client(server).get("/2").body());
        check(server, server.waitFor(1), "/turn", "");
    }

    void openTurnOfALostClient() {
        TestServer server;
        Client client(server);
        client.get("/turn", "X-Mine: kept\r\n").get("/wait");
        const Handle turn = server.waitFor(1);
        const Handle waits = server.waitFor(2);
        client.reset();
        eventually("the second one is lost", [&] { return server.handler.lost == 1; });
        server.release(waits, "nobody hears");
        check(server, turn, "/turn", "");
    }

    void borrowedIsGivenBackWhenSent() {
        TestServer server;
        Client client(server);
        int times = 0;
        for (const std::size_t size : {0UL, 1UL, 4095UL, 4096UL, 70'000UL, 5'000'000UL}) {
            server.handler.lent = numbers(size);
            client.get("/borrowed").get("/next");
            CPPUNIT_ASSERT(server.handler.lent == client.body());
            CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
            CPPUNIT_ASSERT_EQUAL(++times, server.handler.given_back.load());
        }
    }

    void borrowedIsGivenBackWhereNoneIsSent() {
        TestServer server;
        Client client(server);
        server.handler.lent = numbers(100'000);
        client.send("HEAD /borrowed HTTP/1.1\r\nHost: a\r\n\r\n");
        CPPUNIT_ASSERT(contains(client.response(true), "Content-Length: 100000\r\n"));
        CPPUNIT_ASSERT_EQUAL(1, server.handler.given_back.load());
        client.get("/borrowed-none");
        CPPUNIT_ASSERT(!contains(client.response(true), "Content-Length: "));
        CPPUNIT_ASSERT_EQUAL(2, server.handler.given_back.load());
        CPPUNIT_ASSERT_EQUAL("hello /"s, client.get("/").body());
    }

    void borrowedIsGivenBackByAReset() {
        TestServer server;
        server.handler.lent = numbers(20'000'000);
        Client client(server);
        client.get("/borrowed");
        eventually("it is being sent", [&] { return server.handler.finished == 1; });
        server.onLoop([] {});
        CPPUNIT_ASSERT_EQUAL(0, server.handler.given_back.load());
        client.reset();
        eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
        CPPUNIT_ASSERT_EQUAL(1, server.handler.given_back.load());
        server.onLoop([&] { CPPUNIT_ASSERT_EQUAL(0UL, server.server.copyBorrowed(&server.handler.lent, 1)); });
    }

    void borrowedIsCopied() {
        TestServer server;
        const std::string body = numbers(20'000'000);
        server.handler.lent = body;
        Client client(server);
        client.get("/borrowed").get("/next");
        eventually("it is being sent", [&] { return server.handler.finished == 1; });
        server.onLoop([&] {
            const std::size_t copied = server.server.copyBorrowed(&server.handler.lent, body.size());
            CPPUNIT_ASSERT(copied > 0 && copied < body.size());
            CPPUNIT_ASSERT_EQUAL(1, server.handler.given_back.load());
            std::string().swap(server.handler.lent);
            CPPUNIT_ASSERT_EQUAL(0UL, server.server.copyBorrowed(&server.handler.lent, body.size()));
        });
        CPPUNIT_ASSERT(body == client.body());
        CPPUNIT_ASSERT_EQUAL("hello /next"s, client.body());
        CPPUNIT_ASSERT_EQUAL(1, server.handler.given_back.load());
    }

    void borrowedAboveTheBudgetIsCut() {
        TestServer server;
        server.handler.lent = numbers(20'000'000);
        Client first(server);
        Client second(server);
        first.get("/borrowed");
        eventually("it is being sent", [&] { return server.handler.finished == 1; });
        second.get("/borrowed");
        eventually("both are being sent", [&] { return server.handler.finished == 2; });
        server.onLoop([&] {
            CPPUNIT_ASSERT_EQUAL(0UL, server.server.copyBorrowed(&server.handler.lent, 100));
            CPPUNIT_ASSERT_EQUAL(2, server.handler.given_back.load());
            CPPUNIT_ASSERT_EQUAL(0UL, server.server.connections());
        });
        CPPUNIT_ASSERT(first.wasReset() && second.wasReset());
        CPPUNIT_ASSERT_EQUAL(2, server.handler.given_back.load());
        // One that fits, one that does not.
        Client third(server);
        Client fourth(server);
        third.get("/borrowed");
        eventually("it is being sent", [&] { return server.handler.finished == 3; });
        fourth.get("/borrowed");
        eventually("both are being sent", [&] { return server.handler.finished == 4; });
        server.onLoop([&] {
            CPPUNIT_ASSERT(server.server.copyBorrowed(&server.handler.lent, 20'000'000) > 1'000'000);
            CPPUNIT_ASSERT_EQUAL(4, server.handler.given_back.load());
        });
        CPPUNIT_ASSERT(server.handler.lent == third.body());
        CPPUNIT_ASSERT(fourth.wasReset());
    }

    void borrowedOfOthersStays() {
        TestServer server;
        server.handler.lent = numbers(20'000'000);
        Client client(server);
        client.get("/borrowed");
        eventually("it is being sent", [&] { return server.handler.finished == 1; });
        server.onLoop([&] { CPPUNIT_ASSERT_EQUAL(0UL, server.server.copyBorrowed(&server, 100'000'000)); });
        CPPUNIT_ASSERT_EQUAL(0, server.handler.given_back.load());
        CPPUNIT_ASSERT(server.handler.lent == client.body());
        eventually("it is given back", [&] { return server.handler.given_back == 1; });
    }

    void pipelinedBodiesKeepTheirOrder() {
        TestServer server;
        server.handler.lent = numbers(1'000'000);
        Client client(server);
        client.get("/1").get("/large").get("/borrowed").get("/2").get("/borrowed").get("/large").get("/constant");
        client.get("/3");
        CPPUNIT_ASSERT_EQUAL("hello /1"s, client.body());
        CPPUNIT_ASSERT(std::string(3'000'000, 'L') == client.body());
        CPPUNIT_ASSERT(server.handler.lent == client.body());
        CPPUNIT_ASSERT_EQUAL("hello /2"s, client.body());
        CPPUNIT_ASSERT(server.handler.lent == client.body());
        CPPUNIT_ASSERT(std::string(3'000'000, 'L') == client.body());
        CPPUNIT_ASSERT(std::string(100'000, 'C') == client.body());
        CPPUNIT_ASSERT_EQUAL("hello /3"s, client.body());
        CPPUNIT_ASSERT_EQUAL(2, server.handler.given_back.load());
    }

    void constantBodies() {
        TestServer server;
        Client client(server);
        const std::string response = client.get("/constant").response();
        CPPUNIT_ASSERT(response.ends_with("\r\n\r\n" + std::string(100'000, 'C')));
        eventually("it is finished", [&] { return server.handler.finished == 1; });
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(response.size()), server.handler.lastOutcome().bytes);
    }

    void cutWithoutAResponse() {
        TestServer server;
        Client client(server);
        CPPUNIT_ASSERT(client.get("/cut").wasReset());
        eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
        CPPUNIT_ASSERT_EQUAL(0, server.handler.lost.load());
        CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used());
    }

    // A response that is whole reaches its client whatever becomes of the next one in the same segment.
    void earlierResponsesAreSentBeforeACut() {
        for (const char* const target : {"/cut", "/abort", "/fails?body", "/fails?head", "/fails?piece"}) {
            TestServer server;
            Client client(server);
            const std::string whole = "GET /whole HTTP/1.1\r\nHost: a\r\n\r\n";
            client.send(whole + whole + "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n" + whole);
            CPPUNIT_ASSERT_EQUAL("hello /whole"s, client.body());
            CPPUNIT_ASSERT_EQUAL("hello /whole"s, client.body());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(target, ""s, client.untilClosed()); // nothing of this one, nor of the next
            client.close();
            eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
            CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used());
        }
    }

    void sizeNotSaidToHead() {
        TestServer server;
        Client client(server);
        const std::string response = client.send("HEAD /unsized HTTP/1.1\r\nHost: a\r\n\r\n").response(true);
        CPPUNIT_ASSERT(!contains(response, "Content-Length") && !contains(response, "Transfer-Encoding"));
        CPPUNIT_ASSERT_EQUAL("of unknown size"s, client.get("/unsized").body());
    }

    void nothingOfAFailedResponseIsSent() {
        for (const char* const target : {"/fails?body", "/fails?head", "/fails?piece"}) {
            TestServer server;
            Client client(server);
            CPPUNIT_ASSERT_MESSAGE(target, client.get(target).wasReset());
            eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
            CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResponseTest);

} // namespace mortise::http::http1
