// SPDX-License-Identifier: Apache-2.0
#include "driver_fixture.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

namespace mortise::mariadb {

class ConnectionsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConnectionsTest);
    CPPUNIT_TEST(testConnects);
    CPPUNIT_TEST(testRefused);
    CPPUNIT_TEST(testWrongAddresses);
    CPPUNIT_TEST(testTls);
    CPPUNIT_TEST(testKilledConnections);
    CPPUNIT_TEST(testKilledServer);
    CPPUNIT_TEST(testTooLargePackets);
    CPPUNIT_TEST(testTooManyStatements);
    CPPUNIT_TEST(testForgottenStatements);
    CPPUNIT_TEST(testManyThreads);
    CPPUNIT_TEST_SUITE_END();

public:
    void testConnects() {
        for (const ServerAddress& address : {bySocket(), byPort(), byPort("localhost")}) {
            const auto session = attempts_.connect(address, soon());
            CPPUNIT_ASSERT(session->alive());
            CPPUNIT_ASSERT_EQUAL(std::string("10."), std::string(session->version().substr(0, 3)));
            CPPUNIT_ASSERT(session->version().find("MariaDB") != std::string_view::npos);
            CPPUNIT_ASSERT(query(*session, "SELECT DATABASE(), @@character_set_client, @@character_set_results") ==
                           (std::vector<KeptRow>{{Kept::of("mortise"), Kept::of("utf8mb4"), Kept::of("utf8mb4")}}));
        }
        ServerAddress none = bySocket();
        none.database.clear();
        CPPUNIT_ASSERT(query(*attempts_.connect(none, soon()), "SELECT DATABASE()") ==
                       (std::vector<KeptRow>{{Kept()}}));
    }

    void testRefused() {
        ServerAddress address = byPort();
        address.password = "s3cret-and-wrong";
        const DriverError password = errorOf([&] { attempts_.connect(address, soon()); });
        CPPUNIT_ASSERT_EQUAL(1045u, password.code());
        CPPUNIT_ASSERT_EQUAL(std::string("28000"), password.state());
        CPPUNIT_ASSERT(std::string(password.what()).find("s3cret") == std::string::npos);
        address = byPort();
        address.database = "nothing_here";
        CPPUNIT_ASSERT_EQUAL(1049u, errorOf([&] { attempts_.connect(address, soon()); }).code());
        address = byPort();
        address.port = 1;
        const DriverError nobody = errorOf([&] { attempts_.connect(address, soon()); });
        CPPUNIT_ASSERT_EQUAL(2002u, nobody.code());
        CPPUNIT_ASSERT(!nobody.late());
        address.host = "nowhere.invalid";
        CPPUNIT_ASSERT_EQUAL(2005u, errorOf([&] { attempts_.connect(address, soon()); }).code());
    }

    void testWrongAddresses() {
        ServerAddress address = byPort();
        for (const char* const host : {"", "127.0.0.1,127.0.0.1", "host=localhost;port=3306", "a b", "/tmp"}) {
            address.host = host;
            CPPUNIT_ASSERT_THROW_MESSAGE(host, attempts_.connect(address, soon()), InvalidCall);
        }
        address = byPort();
        address.port = 65536;
        CPPUNIT_ASSERT_THROW(attempts_.connect(address, soon()), InvalidCall);
        address = bySocket();
        address.tls = Tls::verifyCa;
        CPPUNIT_ASSERT_THROW(attempts_.connect(address, soon()), InvalidCall);
        address.tls = Tls::off;
        address.host = "localhost";
        CPPUNIT_ASSERT_THROW(attempts_.connect(address, soon()), InvalidCall);
    }

    void testTls() {
        const std::string ca = sharedServer().folder() / "ca.pem";
        const std::string other = sharedServer().folder() / "other.pem";
        const auto connects = [&](const std::string& host, Tls tls, const std::string& caFile) {
            ServerAddress address = byPort(host, tls);
            address.caFile = caFile;
            KeptRows kept;
            attempts_.connect(address, soon())->run("SHOW STATUS LIKE 'Ssl_cipher'", soon(), kept.sink());
            return !kept.rows.at(0).at(1).text.empty();
        };
        const auto refuses = [&](const std::string& host, Tls tls, const std::string& caFile) {
            const DriverError error = errorOf([&] { connects(host, tls, caFile); });
            CPPUNIT_ASSERT_EQUAL_MESSAGE(error.what(), 2026u, error.code());
        };
        CPPUNIT_ASSERT(!connects("127.0.0.1", Tls::off, ""));
        CPPUNIT_ASSERT(connects("127.0.0.1", Tls::required, ""));
        CPPUNIT_ASSERT(connects("127.0.0.1", Tls::verifyCa, ca)); // its certificate is for localhost
        CPPUNIT_ASSERT(connects("localhost", Tls::verifyIdentity, ca));
        refuses("127.0.0.1", Tls::verifyIdentity, ca);
        refuses("localhost", Tls::verifyIdentity, other);
        refuses("localhost", Tls::verifyCa, other);
        refuses("localhost", Tls::verifyCa, ""); // nobody of the system's
        refuses("localhost", Tls::verifyIdentity, "");
        refuses("localhost", Tls::verifyCa, ca + ".none");

        const tests::MariadbServer plain(PYTHON, MARIADB_SERVER, {"--ssl=0"});
        // It is asked for nothing: it would say that the password is wrong.
        for (const Tls tls : {Tls::required, Tls::verifyCa, Tls::verifyIdentity}) {
            ServerAddress address = byPort("127.0.0.1", tls, plain);
            address.caFile = ca;
            address.password = "wrong";
            CPPUNIT_ASSERT_EQUAL(2026u, errorOf([&] { attempts_.connect(address, soon()); }).code());
        }
    }

    void testKilledConnections() {
        Session session(bySocket(), soon());
        const std::string id = query(session, "SELECT CAST(CONNECTION_ID() AS CHAR)")[0][0].text;
        Session other(bySocket(), soon());
        run(other, "KILL QUERY " + id);
        run(session, "SELECT 1"); // nothing ran
        std::atomic<bool> isSecond = false;
        std::jthread killer([&] {
            const std::string sleeps =
                "SELECT 1 FROM information_schema.processlist WHERE state = 'User sleep' AND id = ";
            tests::eventually([&] { return !query(other, sleeps + id).empty(); });
            run(other, "KILL QUERY " + id);
            tests::eventually([&] { return isSecond && !query(other, sleeps + id).empty(); });
            run(other, "KILL " + id);
        });
        // SLEEP says 1 when it is interrupted; a statement that fails is the better witness.
        CPPUNIT_ASSERT_EQUAL(1317u, errorOf([&] { run(session, "SELECT SLEEP(60) FROM seq_1_to_3"); }).code());
        CPPUNIT_ASSERT(session.alive());
        isSecond = true;
        const DriverError error = errorOf([&] { query(session, "SELECT SLEEP(60) FROM seq_1_to_3"); });
        killer.join();
        CPPUNIT_ASSERT(error.lost() && !error.late());
        CPPUNIT_ASSERT(!session.alive());
        // One that is idle notices, too.
        Session idle(bySocket(), soon());
        run(other, "KILL " + query(idle, "SELECT CAST(CONNECTION_ID() AS CHAR)")[0][0].text);
        CPPUNIT_ASSERT(tests::eventually([&] { return !idle.alive(); }));
        const DriverError late = errorOf([&] { query(idle, "SELECT 1"); });
        CPPUNIT_ASSERT(late.lost() && !late.late());
    }

    void testKilledServer() {
        tests::MariadbServer server(PYTHON, MARIADB_SERVER);
        Session session(bySocket(server), soon());
        Statement sleep(session, "SELECT SLEEP(60)", soon());
        std::thread killer([&] {
            Session other(byPort("127.0.0.1", Tls::off, server), soon());
            const char* const sleeps = "SELECT 1 FROM information_schema.processlist WHERE state = 'User sleep'";
            tests::eventually([&] { return !query(other, sleeps).empty(); });
            server.kill();
        });
        const DriverError error = errorOf([&] { execute(sleep, {}); });
        killer.join();
        CPPUNIT_ASSERT_EQUAL(2013u, error.code());
        CPPUNIT_ASSERT(error.lost() && !error.late());
        CPPUNIT_ASSERT_EQUAL(2002u, errorOf([&] { attempts_.connect(bySocket(server), soon()); }).code());
        server.start();
        CPPUNIT_ASSERT(attempts_.connect(bySocket(server), soon())->alive());
    }

    void testTooLargePackets() {
        Session session(byPort(), soon());
        run(session, "SET GLOBAL max_allowed_packet = 1048576");
        Session limited(byPort(), soon());
        Statement statement(limited, "SELECT LENGTH(?)", soon());
        const auto stored = [&](std::size_t size) { execute(statement, {Kept::of(std::string(size, 'x'))}); };
        const DriverError error = errorOf([&] { stored(2'000'000); });
        const DriverError text = errorOf([&] { run(limited, "SELECT '" + std::string(1'100'000, 'x') + "'"); });
        stored(1'000'000);
        run(session, "SET GLOBAL max_allowed_packet = DEFAULT");
        for (const DriverError& one : {error, text}) {
            CPPUNIT_ASSERT_EQUAL(1153u, one.code());
            CPPUNIT_ASSERT(!one.lost());
        }
        CPPUNIT_ASSERT_EQUAL(std::string("2000032 bytes are more than the server's max_allowed_packet of 1048576"),
                             std::string(error.what()));
    }

    void testTooManyStatements() {
        Session session(bySocket(), soon());
        run(session, "SET GLOBAL max_prepared_stmt_count = 1");
        std::unique_ptr<Statement> one = std::make_unique<Statement>(session, "SELECT 1", soon());
        const DriverError error = errorOf([&] { Statement(session, "SELECT 2", soon()); });
        one.reset();
        const Statement other(session, "SELECT 2", soon());
        run(session, "SET GLOBAL max_prepared_stmt_count = DEFAULT");
        CPPUNIT_ASSERT_EQUAL(1461u, error.code());
        CPPUNIT_ASSERT(!error.lost());
    }

    void testForgottenStatements() {
        Session session(bySocket(), soon());
        const auto prepared = [&] {
            KeptRows kept;
            session.run("SHOW SESSION STATUS LIKE 'Com_stmt_close'", soon(), kept.sink());
            return std::stoi(kept.rows[0][1].text);
        };
        for (int i = 0; i < 100; ++i) Statement(session, "SELECT 1", soon());
        CPPUNIT_ASSERT_EQUAL(100, prepared());
        CPPUNIT_ASSERT_EQUAL(1064u, errorOf([&] { Statement(session, "SELEKT 1", soon()); }).code());
        CPPUNIT_ASSERT_EQUAL(1064u, errorOf([&] { Statement(session, "SELECT 1; SELECT 2", soon()); }).code());
        const Statement counted(session, "SELECT ?, ?, 3", soon());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, counted.columnCount());
        CPPUNIT_ASSERT(session.alive());
    }

    void testManyThreads() {
        std::atomic<int> good{0};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 8; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 5; ++i) {
                    const auto session = attempts_.connect(thread % 2 == 0 ? bySocket() : byPort(), soon());
                    Statement statement(*session, "SELECT ? + 1", soon());
                    for (std::int64_t n = 0; n < 50; ++n) {
                        KeptRows kept;
                        execute(statement, {Kept::of(n)}, kept.sink());
                        if (kept.rows == (std::vector<KeptRow>{{Kept::of(n + 1)}})) ++good;
                    }
                }
            });
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(8 * 5 * 50, good.load());
    }

private:
    ConnectAttempts attempts_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionsTest);

} // namespace mortise::mariadb
