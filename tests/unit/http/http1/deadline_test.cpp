// SPDX-License-Identifier: Apache-2.0
#include "server_fixture.hpp"

#include <sys/resource.h>

using namespace std::string_literals;

namespace mortise::http::http1 {

// Deadlines, limits of connections, and the end of a server.
class DeadlineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeadlineTest);
    CPPUNIT_TEST(headerThatTricklesIs408);
    CPPUNIT_TEST(bodyThatStallsIs408);
    CPPUNIT_TEST(bodyAtTheMinimumRateMayTakeLonger);
    CPPUNIT_TEST(bodyNeverPastTheMaximum);
    CPPUNIT_TEST(idleConnectionsGetAFin);
    CPPUNIT_TEST(silentNewcomerGetsAFin);
    CPPUNIT_TEST(pendingExchangeHasNoDeadline);
    CPPUNIT_TEST(writeThatStallsEnds);
    CPPUNIT_TEST(lingeringEnds);
    CPPUNIT_TEST(bufferedBodiesAreBounded);
    CPPUNIT_TEST(oldestIdleGoesFirst);
    CPPUNIT_TEST(oldestIdleIsTheLeastRecentlyUsed);
    CPPUNIT_TEST(whatHasSentARequestIsNotIdle);
    CPPUNIT_TEST(noneIdleIs503);
    CPPUNIT_TEST(perAddressLimit);
    CPPUNIT_TEST(trustedPeersAreNotLimited);
    CPPUNIT_TEST(networksAreLimited);
    CPPUNIT_TEST(oldestIdleOfAllLoopsGoes);
    CPPUNIT_TEST(perAddressLimitOverLoops);
    CPPUNIT_TEST(exhaustedDescriptorsOnlyDelay);
    CPPUNIT_TEST(drainFinishesWhatItHas);
    CPPUNIT_TEST(drainServesWhatHasArrived);
    CPPUNIT_TEST(drainOfNothingIsEmptyAtOnce);
    CPPUNIT_TEST(closeNowLosesThem);
    CPPUNIT_TEST(destructionLosesExchanges);
    CPPUNIT_TEST_SUITE_END();

    static std::shared_ptr<Settings> quick() {
        auto settings = testSettings();
        Limits& limits = settings->limits;
        limits.header_timeout_ms = 200;
        limits.body_timeout_ms = 200;
        limits.body_bytes_per_second = 0;
        limits.idle_timeout_ms = 300;
        limits.write_timeout_ms = 200;
        limits.linger_timeout_ms = 300;
        return settings;
    }

public:
    void headerThatTricklesIs408() {
        TestServer server(quick());
        Client client(server);
        client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        for (int i = 0; i < 300; ++i) {
            client.trySend("y");
            pollfd poll{client.fd(), POLLIN, 0};
            if (::poll(&poll, 1, 5) == 1) break;
        }
        const std::string all = client.untilClosed();
        CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 408 Request Timeout\r\n"));
        CPPUNIT_ASSERT(all.ends_with("Connection: close\r\n\r\nhttp_header_timeout"));
    }

    void bodyThatStallsIs408() {
        TestServer server(quick());
        Client client(server);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        CPPUNIT_ASSERT(client.untilClosed().ends_with("http_body_timeout"));
        Client chunked(server);
        chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
        CPPUNIT_ASSERT(chunked.untilClosed().ends_with("http_body_timeout"));
    }

    void bodyAtTheMinimumRateMayTakeLonger() {
        auto settings = quick();
        settings->limits.body_bytes_per_second = 20; // 50 ms a byte
        TestServer server(settings);
        Client client(server);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
        const std::uint64_t begin = base::monotonicNs();
        for (int i = 0; i < 100; ++i) {
            client.send("x");
            ::poll(nullptr, 0, 6);
        }
        CPPUNIT_ASSERT_EQUAL("body " + std::string(100, 'x'), client.body());
        CPPUNIT_ASSERT(base::monotonicNs() - begin > 500'000'000);
    }

    void bodyNeverPastTheMaximum() {
        auto settings = quick();
        settings->limits.body_bytes_per_second = 1;
        settings->limits.body_timeout_max_ms = 400;
        TestServer server(settings);
        Client client(server);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
        for (int i = 0; i < 900; ++i) {
            client.trySend("x");
            pollfd poll{client.fd(), POLLIN, 0};
            if (::poll(&poll, 1, 5) == 1) break;
        }
        CPPUNIT_ASSERT(client.untilClosed().ends_with("http_body_timeout"));
    }

    void idleConnectionsGetAFin() {
        TestServer server(quick());
        Client client(server);
        CPPUNIT_ASSERT_EQUAL("hello /"s, client.get("/").body());
        CPPUNIT_ASSERT_EQUAL(""s, client.untilClosed());
        client.close();
        eventually("the server lets go", [&] { return server.shared.connections() == 0; });
    }

    void silentNewcomerGetsAFin() {
        TestServer server(quick());
        Client client(server);
        CPPUNIT_ASSERT_EQUAL(""s, client.untilClosed());
        CPPUNIT_ASSERT_EQUAL(0, server.handler.finished.load());
    }

    void pendingExchangeHasNoDeadline() {
        TestServer server(quick());
        Client client(server);
        client.get("/wait");
        const Handle id = server.waitFor(1);
        ::poll(nullptr, 0, 600); // the time itself is what is tested
        server.release(id, "late");
        CPPUNIT_ASSERT_EQUAL("late"s, client.body());
    }

    void writeThatStallsEnds() {
        TestServer server(quick());
        Client client(server);
        client.get("/flood");
        eventually("it is lost", [&] { return server.handler.lost == 1; });
        eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
        Client large(server);
        large.get("/large").get("/large").get("/large");
        eventually("the connection is gone", [&] { return server.shared.connections() == 0; });
    }

    void lingeringEnds() {
        TestServer server(quick());
        Client client(server);
        client.get("/close");
        CPPUNIT_ASSERT(client.untilClosed().ends_with("bye"));
        eventually("the server lets go of a client that never closes",
                   [&] { return server.shared.connections() == 0; });
    }

    void bufferedBodiesAreBounded() {
        auto settings = testSettings();
        settings->limits.buffered_body_bytes = 40'000;
        TestServer server(settings);
        Client first(server);
        first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" + std::string(29'999, 'a'));
        eventually("the first is buffered", [&] { return server.shared.bufferedBodyBytes() >= 30'000; });
        Client second(server);
        second.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" + std::string(30'000, 'b'));
        const std::string all = second.untilClosed();
        CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 503 "));
        CPPUNIT_ASSERT(contains(all, "Retry-After: 1\r\n") && all.ends_with("http_body_memory"));
        first.send("a");
        CPPUNIT_ASSERT_EQUAL(30'005UL, first.body().size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.shared.bufferedBodyBytes());
        CPPUNIT_ASSERT_EQUAL(200, first.get("/").status());
    }

    void oldestIdleGoesFirst() {
        auto settings = testSettings();
        settings->limits.max_connections = 3;
        TestServer server(settings);
        Client first(server);
        CPPUNIT_ASSERT_EQUAL(200, first.get("/").status());
        ::poll(nullptr, 0, 3); // ages are told apart by the millisecond
        Client second(server);
        CPPUNIT_ASSERT_EQUAL(200, second.get("/").status());
        ::poll(nullptr, 0, 3);
        Client third(server);
        CPPUNIT_ASSERT_EQUAL(200, third.get("/").status());
        ::poll(nullptr, 0, 3);
        CPPUNIT_ASSERT_EQUAL(200, first.get("/").status()); // now the second is the oldest
        Client fourth(server);
        CPPUNIT_ASSERT_EQUAL(200, fourth.get("/").status());
        CPPUNIT_ASSERT_EQUAL(""s, second.untilClosed());
        CPPUNIT_ASSERT_EQUAL(200, first.get("/").status());
        CPPUNIT_ASSERT_EQUAL(200, third.get("/").status());
        CPPUNIT_ASSERT_EQUAL(3UL, server.shared.connections());
    }

    // However close together: some are used in the millisecond in which they came, others later.
    void oldestIdleIsTheLeastRecentlyUsed() {
        auto settings = testSettings();
        settings->limits.max_connections = 8;
        TestServer server(settings);
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < 8; ++i) clients.push_back(std::make_unique<Client>(server));
        for (const int i : {5, 2, 7, 0, 1, 4, 6, 3}) {
            CPPUNIT_ASSERT_EQUAL(200, clients[i]->get("/").status());
            ::poll(nullptr, 0, i % 2); // not waited for: makes ages differ in uneven steps
        }
        for (const int i : {5, 2, 7, 0, 1, 4, 6, 3}) {
            clients.push_back(std::make_unique<Client>(server));
            CPPUNIT_ASSERT_EQUAL(200, clients.back()->get("/").status());
            CPPUNIT_ASSERT_EQUAL(""s, clients[i]->untilClosed());
        }
    }

    void whatHasSentARequestIsNotIdle() {
        auto settings = testSettings();
        settings->limits.max_connections = 2;
        TestServer server(settings);
        Client first(server);
        CPPUNIT_ASSERT_EQUAL(200, first.get("/").status());
        ::poll(nullptr, 0, 3);
        Client second(server);
        CPPUNIT_ASSERT_EQUAL(200, second.get("/").status());
        // The loop hears of the newcomer before it hears of the request that lies in the oldest one's socket.
        std::unique_ptr<Client> newcomer;
        server.onLoop([&] {
            newcomer = std::make_unique<Client>(server);
            first.get("/");
        });
        CPPUNIT_ASSERT_EQUAL(200, first.status());
        CPPUNIT_ASSERT_EQUAL(""s, second.untilClosed());
        CPPUNIT_ASSERT_EQUAL(200, newcomer->get("/").status());
    }

    void noneIdleIs503() {
        auto settings = testSettings();
        settings->limits.max_connections = 2;
        TestServer server(settings);
        Client first(server);
        Client second(server);
        first.get("/wait");
        server.waitFor(1);
        second.get("/wait");
        const Handle last = server.waitFor(2);
        for (int i = 0; i < 3; ++i) {
            Client third(server);
            third.get("/");
            const std::string all = third.untilClosed();
            CPPUNIT_ASSERT(all.starts_with("HTTP/1.1 503 "));
            CPPUNIT_ASSERT(contains(all, "Retry-After: ") && contains(all, "Connection: close\r\n"));
        }
        server.release(last, "done");
        CPPUNIT_ASSERT_EQUAL("done"s, second.body());
        CPPUNIT_ASSERT_EQUAL(200, Client(server).get("/").status());
        CPPUNIT_ASSERT(server.shared.connections() <= 2);
    }

    void perAddressLimit() {
        auto settings = testSettings();
        settings->limits.max_connections_per_address = 2;
        TestServer server(settings);
        Client first(server);
        CPPUNIT_ASSERT_EQUAL(200, first.get("/").status());
        Client second(server);
        second.get("/wait");
        server.waitFor(1);
        Client third(server);
        third.get("/wait");
        server.waitFor(2);
        CPPUNIT_ASSERT_EQUAL(""s, first.untilClosed()); // idle: made room
        Client fourth(server);
        CPPUNIT_ASSERT(fourth.get("/").untilClosed().starts_with("HTTP/1.1 503 "));
        second.reset();
        eventually("the second is gone", [&] { return server.handler.lost == 1; });
        CPPUNIT_ASSERT_EQUAL(200, Client(server).get("/").status());
    }

    void trustedPeersAreNotLimited() {
        auto settings = testSettings();
        settings->limits.max_connections_per_address = 1;
        CPPUNIT_ASSERT(settings->trusted_proxies.add("127.0.0.1"));
        TestServer server(settings);
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(std::make_unique<Client>(server));
            CPPUNIT_ASSERT_EQUAL(200, clients.back()->get("/").status());
        }
        CPPUNIT_ASSERT_EQUAL(200, clients.front()->get("/").status());
    }

    // One IPv6 network is one client, as a limiter counts it, and IPv4-mapped addresses are IPv4.
    void networksAreLimited() {
        auto settings = testSettings();
        settings->limits.max_connections_per_address = 2;
        TestServer server(settings);
        std::vector<base::UniqueFd> clients;
        const auto connect = [&](const char* peer) {
            int ends[2];
            CPPUNIT_ASSERT_EQUAL(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
            clients.emplace_back(ends[1]);
            const timeval patience{20, 0};
            CPPUNIT_ASSERT_EQUAL(0, ::setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
            const std::string request = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"; // held: it makes no room
            CPPUNIT_ASSERT(::send(ends[1], request.data(), request.size(), 0) > 0);
            server.onLoop([&] { server.server.accepted(base::UniqueFd(ends[0]), *base::IpAddress::parse(peer)); });
        };
        const auto isRefused = [&](const char* peer) {
            connect(peer);
            char status[12] = {};
            CPPUNIT_ASSERT_EQUAL(ssize_t{sizeof status},
                                 ::recv(clients.back().get(), status, sizeof status, MSG_WAITALL));
            CPPUNIT_ASSERT_EQUAL("HTTP/1.1 503"s, std::string(status, sizeof status));
        };
        std::size_t held = 0;
        for (const char* peer :
             {"2001:db8:1:200::1", "2001:db8:1:2ff::2", "2001:db8:1:300::1", "203.0.113.7", "::ffff:203.0.113.7"}) {
            connect(peer);
            server.waitFor(++held);
        }
        for (const char* peer : {"2001:db8:1:280::3", "203.0.113.7", "::ffff:203.0.113.7"}) isRefused(peer);
        connect("2001:db8:1:3ff::1");
        server.waitFor(++held);
        // Another prefix holds for what comes then; what was counted before is given back as it was counted.
        auto other = std::make_shared<Settings>(*settings);
        other->client_ipv6_prefix = 64;
        server.onLoop([&] { server.server.apply(other); });
        connect("2001:db8:1:280::3");
        server.waitFor(++held);
        clients.clear();
        eventually("all are gone", [&] { return server.shared.connections() == 0; });
        server.onLoop([&] { server.server.apply(settings); });
        connect("2001:db8:1:200::1");
        connect("2001:db8:1:200::2");
        isRefused("2001:db8:1:200::3");
    }

    // A second loop beside the fixture's one, with a listener of its own.
    struct OtherLoop {
        OtherLoop(TestServer& first, std::shared_ptr<const Settings> settings)
            : handler(first.shared.bodies()), server(loop, first.shared, handler, first.log, std::move(settings)) {
            handler.loop = server.index();
            std::string why;
            listener = std::make_shared<Listener>(Listener::open(*ListenAddress::parse("127.0.0.1:0", why), {}));
            CPPUNIT_ASSERT(server.addListener(listener));
            thread = std::thread([this] { loop.run(); });
        }
        ~OtherLoop() {
            loop.stop();
            thread.join();
        }
        TestHandler handler;
        base::EventLoop loop;
        LoopServer server;
        std::shared_ptr<Listener> listener;
        std::thread thread;
    };

    void oldestIdleOfAllLoopsGoes() {
        auto settings = testSettings();
        settings->limits.max_connections = 3;
        TestServer server(settings);
        OtherLoop other(server, settings);
        Client oldest(server);
        CPPUNIT_ASSERT_EQUAL(200, oldest.get("/").status());
        ::poll(nullptr, 0, 3); // ages are told apart by the millisecond
        Client second(*other.listener);
        CPPUNIT_ASSERT_EQUAL(200, second.get("/").status());
        ::poll(nullptr, 0, 3);
        Client third(server);
        CPPUNIT_ASSERT_EQUAL(200, third.get("/").status());

        Client newcomer(*other.listener); // the oldest is the other loop's: that one serves it
        newcomer.get("/wait");
        const Handle id = server.waitFor(1);
        CPPUNIT_ASSERT_EQUAL(0U, id.loop());
        CPPUNIT_ASSERT_EQUAL(""s, oldest.untilClosed());
        CPPUNIT_ASSERT_EQUAL(3UL, server.shared.connections());
        server.release(id, "done");
        CPPUNIT_ASSERT_EQUAL("done"s, newcomer.body());

        Client next(server);
        CPPUNIT_ASSERT_EQUAL(200, next.get("/").status());
        CPPUNIT_ASSERT_EQUAL(""s, second.untilClosed());
        CPPUNIT_ASSERT_EQUAL(200, third.get("/").status());
        CPPUNIT_ASSERT_EQUAL(3UL, server.shared.connections());
    }

    void perAddressLimitOverLoops() {
        auto settings = testSettings();
        settings->limits.max_connections_per_address = 2;
        TestServer server(settings);
        OtherLoop other(server, settings);
        Client idle(server);
        CPPUNIT_ASSERT_EQUAL(200, idle.get("/").status());
        Client busy(*other.listener);
        busy.get("/wait");
        eventually("it waits", [&] { return other.handler.waiting().size() == 1; });
        CPPUNIT_ASSERT_EQUAL(1U, other.handler.waiting()[0].loop());

        Client newcomer(*other.listener);
        newcomer.get("/wait");
        server.waitFor(1);
        CPPUNIT_ASSERT_EQUAL(""s, idle.untilClosed());
        Client refused(*other.listener); // nothing is idle on any loop
        CPPUNIT_ASSERT(refused.get("/").untilClosed().starts_with("HTTP/1.1 503 "));
        CPPUNIT_ASSERT(server.shared.connections() <= 3);
    }

    void exhaustedDescriptorsOnlyDelay() {
        TestServer server;
        Client before(server);
        before.get("/wait"); // not idle: nothing to close in its stead
        server.waitFor(1);
        const base::UniqueFd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server.listener->port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        rlimit usual{};
        CPPUNIT_ASSERT_EQUAL(0, ::getrlimit(RLIMIT_NOFILE, &usual));
        rlimit none = usual;
        none.rlim_cur = 3; // no new descriptor at all; those that are open stay
        CPPUNIT_ASSERT_EQUAL(0, ::setrlimit(RLIMIT_NOFILE, &none));
        const int connected = ::connect(late.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        for (int i = 0; i < patience_ms && server.log.count() == 0; ++i) ::poll(nullptr, 0, 1);
        ::poll(nullptr, 0, 250); // some pauses
        const int reports = server.log.count();
        CPPUNIT_ASSERT_EQUAL(0, ::setrlimit(RLIMIT_NOFILE, &usual));
        CPPUNIT_ASSERT_EQUAL(0, connected);
        CPPUNIT_ASSERT_EQUAL(1, reports);
        CPPUNIT_ASSERT(contains(server.log.last(), "descriptor"));
        const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(request.size()),
                             ::send(late.get(), request.data(), request.size(), MSG_NOSIGNAL));
        pollfd poll{late.get(), POLLIN, 0};
        CPPUNIT_ASSERT_EQUAL(1, ::poll(&poll, 1, patience_ms));
        char data[1000];
        const ssize_t size = ::recv(late.get(), data, sizeof data, 0);
        CPPUNIT_ASSERT(size > 0 && std::string(data, static_cast<std::size_t>(size)).starts_with("HTTP/1.1 200 OK"));
    }

    void drainFinishesWhatItHas() {
        TestServer server;
        Client idle(server);
        CPPUNIT_ASSERT_EQUAL(200, idle.get("/").status());
        Client pending(server);
        pending.get("/wait");
        const Handle id = server.waitFor(1);
        Client reading(server);
        reading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
        eventually("three exchanges", [&] { return server.shared.connections() == 3; });
        std::atomic<bool> empty{false};
        server.onLoop([&] { server.server.drain([&empty] { empty = true; }); });
        CPPUNIT_ASSERT_EQUAL(""s, idle.untilClosed()); // a FIN, never a reset
        idle.close();
        reading.send("ab");
        CPPUNIT_ASSERT(reading.untilClosed().ends_with("Connection: close\r\n\r\nbody ab"));
        reading.close();
        CPPUNIT_ASSERT(!empty);
        server.release(id, "last");
        CPPUNIT_ASSERT(pending.untilClosed().ends_with("Connection: close\r\n\r\nlast"));
        CPPUNIT_ASSERT(!empty);
        pending.close();
        eventually("the server is empty", [&] { return empty.load(); });
        CPPUNIT_ASSERT_EQUAL(0UL, server.shared.connections());
    }

    void drainServesWhatHasArrived() {
        TestServer server;
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(std::make_unique<Client>(server));
            CPPUNIT_ASSERT_EQUAL(200, clients.back()->get("/").status());
        }
        // In the sockets before the loop looks: it is inside this task when it begins to drain.
        server.onLoop([&] {
            for (auto& client : clients) client->get("/more");
            server.server.drain([] {});
        });
        for (auto& client : clients) {
            CPPUNIT_ASSERT(client->untilClosed().ends_with("Connection: close\r\n\r\nhello /more"));
            client->trySend("GET /too-late HTTP/1.1\r\n"); // read and dropped
        }
    }

    void drainOfNothingIsEmptyAtOnce() {
        TestServer server;
        std::atomic<bool> empty{false};
        server.onLoop([&] { server.server.drain([&empty] { empty = true; }); });
        eventually("the server is empty", [&] { return empty.load(); });
    }

    void closeNowLosesThem() {
        TestServer server;
        Client idle(server);
        CPPUNIT_ASSERT_EQUAL(200, idle.get("/").status());
        Client pending(server);
        pending.get("/wait");
        const Handle id = server.waitFor(1);
        std::atomic<bool> empty{false};
        server.onLoop([&] {
            server.server.drain([&empty] { empty = true; });
            server.server.closeNow();
        });
        CPPUNIT_ASSERT_EQUAL(1, server.handler.lost.load());
        CPPUNIT_ASSERT_EQUAL(0UL, server.shared.connections());
        eventually("the server is empty", [&] { return empty.load(); });
        server.release(id, ""); // what the handler keeps is its own
        CPPUNIT_ASSERT_EQUAL(0UL, server.handler.used());
    }

    void destructionLosesExchanges() {
        base::EventLoop loop;
        SharedState shared;
        TestHandler handler(shared.bodies());
        QuietLog log;
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
        const base::UniqueFd mine(ends[0]);
        {
            LoopServer server(loop, shared, handler, log, testSettings());
            server.adopt(base::UniqueFd(ends[1]));
            const std::string request = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
            CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(request.size()),
                                 ::write(ends[0], request.data(), request.size()));
            loop.after(20, [&] { loop.stop(); });
            loop.run();
            CPPUNIT_ASSERT_EQUAL(1UL, handler.used());
        }
        CPPUNIT_ASSERT_EQUAL(1, handler.lost.load());
        CPPUNIT_ASSERT_EQUAL(0UL, shared.connections());
        Exchange& exchange = *handler.find(handler.waiting()[0]);
        CPPUNIT_ASSERT_EQUAL("/wait"s, std::string(exchange.target()));
        handler.reply(exchange, 200, "nobody hears");
        CPPUNIT_ASSERT_EQUAL(0UL, handler.used());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeadlineTest);

} // namespace mortise::http::http1
