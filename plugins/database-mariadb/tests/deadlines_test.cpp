// SPDX-License-Identifier: Apache-2.0
#include "driver_fixture.hpp"
#include "fake_server.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

namespace mortise::mariadb {

using std::chrono::milliseconds;

class DeadlinesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeadlinesTest);
    CPPUNIT_TEST(testSlowStatements);
    CPPUNIT_TEST(testRowsWithoutEnd);
    CPPUNIT_TEST(testServerHangs);
    CPPUNIT_TEST(testServerHangsWithTls);
    CPPUNIT_TEST(testLongStatementIntoNothing);
    CPPUNIT_TEST(testConnectsToNothing);
    CPPUNIT_TEST(testHandshakeWithoutEnd);
    CPPUNIT_TEST(testSocketWithoutServer);
    CPPUNIT_TEST_SUITE_END();

public:
    void testSlowStatements() {
        Session session(bySocket(), soon());
        Statement sleep(session, "SELECT SLEEP(?)", soon());
        execute(sleep, {Kept::of(std::int64_t{0})});
        isLate([&] { execute(sleep, {Kept::of(std::int64_t{60})}, {}, Deadline(shortly)); });
        isOver(session);
        const DriverError after = errorOf([&] { execute(sleep, {Kept::of(std::int64_t{0})}); });
        CPPUNIT_ASSERT(after.lost() && !after.late());

        Session text(bySocket(), soon());
        isLate([&] { text.run("DO SLEEP(60)", Deadline(shortly), {}); });
        isOver(text);
    }

    // They come faster than they are read: nothing ever waits.
    void testRowsWithoutEnd() {
        const char* const endless = "SELECT a.seq FROM seq_1_to_1000000 a, seq_1_to_1000000 b";
        Session session(bySocket(), soon());
        Statement statement(session, endless, soon());
        KeptRows few(1);
        isLate([&] { execute(statement, {}, few.sink(), Deadline(shortly)); });
        isOver(session);
        Session text(bySocket(), soon());
        isLate([&] { text.run(endless, Deadline(shortly), {}); });
        isOver(text);
    }

    void testServerHangs() { hangs(bySocket(hanging())); }
    void testServerHangsWithTls() { hangs(byPort("127.0.0.1", Tls::required, hanging())); }

    void testLongStatementIntoNothing() {
        Session session(bySocket(hanging()), soon());
        Statement statement(session, "SELECT ?", soon());
        const tests::MariadbServer::Suspended suspended(hanging());
        isLate([&] { execute(statement, {Kept::of(std::string(10'000'000, 'x'))}, {}, Deadline(shortly)); });
    }

    void testConnectsToNothing() {
        ServerAddress address = byPort();
        Listener silent; // accepts, and says nothing
        address.port = silent.listenOnPort(5);
        isLate([&] { attempts_.connect(address, Deadline(shortly)); });
        address.tls = Tls::required;
        isLate([&] { attempts_.connect(address, Deadline(shortly)); });
        address.host = "192.0.2.1"; // nobody (RFC 5737): no response, or no way there
        const DriverError error = errorOf([&] { attempts_.connect(address, Deadline(shortly)); });
        CPPUNIT_ASSERT(error.lost());
    }

    // It greets, and then says nothing: the library would wait for its handshake for ever.
    void testHandshakeWithoutEnd() {
        Listener listener;
        ServerAddress address = byPort("127.0.0.1", Tls::required);
        address.port = listener.listenOnPort(5);
        std::thread greeter([&] {
            const int client = listener.accept();
            const std::string bytes = greeting();
            CPPUNIT_ASSERT(::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
            char received[4096];
            std::size_t all = 0;
            while (const ssize_t size = ::recv(client, received, sizeof received, 0)) {
                if (size < 0) break;
                all += static_cast<std::size_t>(size);
            }
            helloSize_ = all;
            ::close(client);
        });
        isLate([&] { attempts_.connect(address, Deadline(shortly)); });
        greeter.join();
        CPPUNIT_ASSERT(helloSize_ > 100); // the handshake had begun
    }

    // Its backlog is full: a Unix socket does not even let wait for that.
    void testSocketWithoutServer() {
        const tests::TemporaryFolder folder;
        const std::string path = folder / "socket";
        Listener listener(AF_UNIX);
        listener.listenOnPath(path, 0);
        std::vector<int> waiting;
        const sockaddr_un address = Listener::addressOf(path);
        for (int i = 0; i < 3; ++i) {
            waiting.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            static_cast<void>(::connect(waiting.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
        }
        ServerAddress server = bySocket();
        server.socket = path;
        const milliseconds took =
            durationOf([&] { CPPUNIT_ASSERT(errorOf([&] { attempts_.connect(server, Deadline(shortly)); }).lost()); });
        for (const int one : waiting) ::close(one);
        CPPUNIT_ASSERT(took < slack);
        server.socket = folder / "none";
        CPPUNIT_ASSERT_EQUAL(2002u, errorOf([&] { attempts_.connect(server, soon()); }).code());
    }

private:
    // A server that is stopped now and then.
    static tests::MariadbServer& hanging() {
        static tests::MariadbServer server(PYTHON, MARIADB_SERVER);
        return server;
    }

    void hangs(const ServerAddress& address) {
        std::vector<std::unique_ptr<Session>> sessions;
        for (int i = 0; i < 4; ++i) sessions.push_back(std::make_unique<Session>(address, soon()));
        Statement prepared(*sessions[0], "SELECT 1", soon());
        execute(prepared, {});
        const tests::MariadbServer::Suspended suspended(hanging());
        CPPUNIT_ASSERT(sessions[0]->alive()); // as far as can be known
        isLate([&] { execute(prepared, {}, {}, Deadline(shortly)); });
        isLate([&] { sessions[1]->run("SELECT 1", Deadline(shortly), {}); });
        isLate([&] { Statement(*sessions[2], "SELECT 1", Deadline(shortly)); });
        isLate([&] { attempts_.connect(address, Deadline(shortly)); });
        // Nor does the end wait for it, with or without statements.
        CPPUNIT_ASSERT(durationOf([&] { sessions.erase(sessions.begin() + 1, sessions.end()); }) < slack);
    }

    ConnectAttempts attempts_;
    std::size_t helloSize_ = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(DeadlinesTest);

} // namespace mortise::mariadb
