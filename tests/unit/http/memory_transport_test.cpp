// SPDX-License-Identifier: Apache-2.0
// The second transport: a handler gets the same calls as from a connection.
#include "tests/support/memory_transport.hpp"

#include "tests/unit/http/http1/server_fixture.hpp"

using namespace std::string_literals;

namespace mortise::http {

class MemoryTransportTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MemoryTransportTest);
    CPPUNIT_TEST(responds);
    CPPUNIT_TEST(silentWhereNoBodyIsSent);
    CPPUNIT_TEST(malformedHeads);
    CPPUNIT_TEST(incompleteHeads);
    CPPUNIT_TEST(bodies);
    CPPUNIT_TEST(bodiesInPieces);
    CPPUNIT_TEST(bodyFaults);
    CPPUNIT_TEST(streams);
    CPPUNIT_TEST(fullStreams);
    CPPUNIT_TEST(cuts);
    CPPUNIT_TEST(lostClients);
    CPPUNIT_TEST(openTurnKeepsViews);
    CPPUNIT_TEST(borrowedAndFiles);
    CPPUNIT_TEST_SUITE_END();

    using Transport = tests::MemoryTransport;

    BodyBudget budget_;
    http1::TestHandler handler_{budget_};

public:
    void tearDown() override {
        CPPUNIT_ASSERT_EQUAL(0UL, handler_.used());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, budget_.used());
    }

    void responds() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.get("/x?y"));
        CPPUNIT_ASSERT_EQUAL(200, client.sent().status);
        CPPUNIT_ASSERT_EQUAL("text/plain"s, client.sent().contentType);
        CPPUNIT_ASSERT_EQUAL("hello /x?y"s, client.sent().body);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10}, client.sent().length.value());
        CPPUNIT_ASSERT(client.sent().complete && !client.sent().cut && !client.sent().closes);
        CPPUNIT_ASSERT(client.exchange() == nullptr && !client.keptViews());
        CPPUNIT_ASSERT_EQUAL(client.headBytes() + 10, handler_.lastOutcome().bytes);
        Transport fields(handler_);
        CPPUNIT_ASSERT(fields.get("/fields"));
        CPPUNIT_ASSERT_EQUAL("1"s, std::string(fields.field("x-constant")));
        CPPUNIT_ASSERT_EQUAL("yes"s, std::string(fields.field("X-Good")));
        CPPUNIT_ASSERT(fields.field("X-Other").data() == nullptr);
        Transport closes(handler_);
        CPPUNIT_ASSERT(closes.get("/close") && closes.sent().closes);
        Transport info(handler_);
        CPPUNIT_ASSERT(info.get("/info", "X-Request-Id: r\r\n"));
        CPPUNIT_ASSERT_EQUAL("192.0.2.1 http a r 192.0.2.1"s, info.sent().body);
    }

    void silentWhereNoBodyIsSent() {
        Transport head(handler_);
        CPPUNIT_ASSERT(head.request("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{8}, head.sent().length.value());
        CPPUNIT_ASSERT(head.sent().body.empty());
        Transport unsized(handler_);
        CPPUNIT_ASSERT(unsized.request("HEAD /unsized HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT(!unsized.sent().length.has_value());
        Transport none(handler_);
        CPPUNIT_ASSERT(none.get("/none"));
        CPPUNIT_ASSERT_EQUAL(204, none.sent().status);
        CPPUNIT_ASSERT(!none.sent().length.has_value());
        Transport stream(handler_);
        CPPUNIT_ASSERT(stream.request("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT(stream.sent().complete && stream.sent().pieces.empty());
    }

    void malformedHeads() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.request("GET / HTTP/1.1\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, client.sent().status);
        CPPUNIT_ASSERT_EQUAL("http_bad_host"s, client.sent().body);
        CPPUNIT_ASSERT(client.sent().closes);
    }

    void incompleteHeads() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.request("GET / HTTP/1.1\r\n"));
        CPPUNIT_ASSERT_EQUAL(0, client.sent().status);
        CPPUNIT_ASSERT_EQUAL(1, handler_.released.load());
    }

    void bodies() {
        Transport whole(handler_);
        CPPUNIT_ASSERT(whole.post("/echo", 3) && whole.wantsBody());
        whole.body("abc");
        CPPUNIT_ASSERT_EQUAL("body abc"s, whole.sent().body);
        Transport parts(handler_);
        CPPUNIT_ASSERT(parts.post("/echo", std::nullopt));
        parts.piece("ab");
        parts.piece("cd");
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, budget_.used());
        parts.body("e");
        CPPUNIT_ASSERT_EQUAL("body abcde"s, parts.sent().body);
        Transport empty(handler_);
        CPPUNIT_ASSERT(empty.post("/echo", 0));
        empty.body("");
        CPPUNIT_ASSERT_EQUAL("body "s, empty.sent().body);
        Transport never(handler_);
        CPPUNIT_ASSERT(never.post("/echo", 3));
        never.piece("ab");
        never.lose();
        CPPUNIT_ASSERT_EQUAL(1, handler_.lost.load());
    }

    void bodiesInPieces() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.post("/pieces", 5));
        client.piece("ab");
        client.piece("cd");
        CPPUNIT_ASSERT_EQUAL("abcd"s, handler_.pieces);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, budget_.used());
        client.body("e");
        CPPUNIT_ASSERT_EQUAL("body abcde"s, client.sent().body);
        Transport paused(handler_);
        CPPUNIT_ASSERT(paused.post("/pause", 5));
        paused.piece("ab");
        CPPUNIT_ASSERT(paused.isPaused());
        paused.exchange()->resumeBody();
        CPPUNIT_ASSERT(!paused.isPaused());
        paused.body("cde");
        CPPUNIT_ASSERT_EQUAL("body abcde"s, paused.sent().body);
        Transport refused(handler_);
        CPPUNIT_ASSERT(refused.post("/refuse", 5));
        refused.piece("ab");
        CPPUNIT_ASSERT_EQUAL(400, refused.sent().status);
        refused.body("cde"); // nobody takes it
    }

    void bodyFaults() {
        Transport large(handler_);
        CPPUNIT_ASSERT(large.post("/small", std::nullopt));
        large.body("abcde");
        CPPUNIT_ASSERT_EQUAL(413, large.sent().status);
        auto settings = std::make_shared<Settings>();
        settings->limits.buffered_body_bytes = 4;
        Transport memory(handler_, settings);
        CPPUNIT_ASSERT(memory.post("/echo", 5));
        memory.body("abcde");
        CPPUNIT_ASSERT_EQUAL(503, memory.sent().status);
        Transport slow(handler_);
        CPPUNIT_ASSERT(slow.post("/echo", 5));
        slow.fail(fault::bodyTimeout);
        CPPUNIT_ASSERT_EQUAL(408, slow.sent().status);
    }

    void streams() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.get("/stream"));
        CPPUNIT_ASSERT(client.sent().streamed && client.sent().complete && !client.sent().length.has_value());
        CPPUNIT_ASSERT(client.sent().pieces == std::vector<std::string>({"one", "two"}));
        CPPUNIT_ASSERT_EQUAL("onetwo"s, client.sent().body);
    }

    void fullStreams() {
        Transport client(handler_);
        client.fill();
        CPPUNIT_ASSERT(client.get("/flood"));
        CPPUNIT_ASSERT(!client.sent().complete && client.sent().pieces.empty());
        CPPUNIT_ASSERT_EQUAL(0, handler_.writable.load());
        client.drain();
        CPPUNIT_ASSERT_EQUAL(1, handler_.writable.load());
        CPPUNIT_ASSERT(client.sent().complete);
        CPPUNIT_ASSERT(client.sent().body.size() >= http1::TestHandler::flood_bytes);
        client.drain();
        CPPUNIT_ASSERT_EQUAL(1, handler_.writable.load());
    }

    void cuts() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.get("/abort"));
        CPPUNIT_ASSERT(client.sent().cut && !client.sent().complete);
        CPPUNIT_ASSERT_EQUAL("onetwo"s, client.sent().body);
        Transport none(handler_);
        CPPUNIT_ASSERT(none.get("/cut"));
        CPPUNIT_ASSERT(none.sent().cut && none.sent().status == 0);
    }

    void lostClients() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.get("/wait?secret=1", "X-Mine: kept\r\n"));
        Exchange& exchange = *client.exchange();
        client.lose();
        client.lose();
        CPPUNIT_ASSERT_EQUAL(1, handler_.lost.load());
        CPPUNIT_ASSERT_EQUAL("/wait?secret=1"s, std::string(exchange.target()));
        CPPUNIT_ASSERT_EQUAL("kept"s, std::string(exchange.field("x-mine")));
        handler_.reply(exchange, 200, "nobody hears");
        CPPUNIT_ASSERT_EQUAL(0, client.sent().status);
        CPPUNIT_ASSERT(handler_.lastOutcome().cut);
        // by its end
        Exchange* second = nullptr;
        {
            Transport leaves(handler_);
            CPPUNIT_ASSERT(leaves.get("/wait"));
            second = leaves.exchange();
        }
        CPPUNIT_ASSERT(second->isLost());
        handler_.reply(*second, 200, "");
    }

    void openTurnKeepsViews() {
        Transport client(handler_);
        CPPUNIT_ASSERT(client.post("/turn?x=1", 3, "X-Mine: kept\r\n"));
        client.body("abc");
        CPPUNIT_ASSERT_EQUAL("late"s, client.sent().body);
        CPPUNIT_ASSERT(client.keptViews());
        const Handle turn = handler_.waiting().at(0);
        Exchange& exchange = *handler_.find(turn);
        CPPUNIT_ASSERT_EQUAL("/turn?x=1"s, std::string(exchange.target()));
        CPPUNIT_ASSERT_EQUAL("abc"s, std::string(exchange.body()));
        CPPUNIT_ASSERT_EQUAL("kept"s, std::string(exchange.field("x-mine")));
        handler_.endTurn(turn);
    }

    void borrowedAndFiles() {
        handler_.lent = "lent to somebody";
        Transport borrowed(handler_);
        CPPUNIT_ASSERT(borrowed.get("/borrowed"));
        CPPUNIT_ASSERT_EQUAL(handler_.lent, borrowed.sent().body);
        CPPUNIT_ASSERT_EQUAL(1, handler_.given_back.load());
        handler_.file = http1::TestFile(1000);
        handler_.file_offset = 7;
        handler_.file_left = 90;
        Transport file(handler_);
        CPPUNIT_ASSERT(file.get("/file"));
        CPPUNIT_ASSERT_EQUAL(handler_.file.bytes().substr(7, 90), file.sent().body);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MemoryTransportTest);

} // namespace mortise::http
