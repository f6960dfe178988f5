// SPDX-License-Identifier: Apache-2.0
#include "mariadb_fixture.hpp"

#include <future>
#include <thread>

namespace mortise::database {

class MariadbConnectorTest : public MariadbFixture {
    CPPUNIT_TEST_SUITE(MariadbConnectorTest);
    CPPUNIT_TEST(reads);
    CPPUNIT_TEST(refusesWritesAndLoops);
    CPPUNIT_TEST(refusesOtherStatements);
    CPPUNIT_TEST(locksRows);
    CPPUNIT_TEST(readsAgainWhereTheServerEnded);
    CPPUNIT_TEST(replacesDeadConnections);
    CPPUNIT_TEST(waitsForAConnection);
    CPPUNIT_TEST(doesNotKnockAgainAtOnce);
    CPPUNIT_TEST(refusesServers);
    CPPUNIT_TEST(warnsOfWhatIsLost);
    CPPUNIT_TEST(forgetsStatements);
    CPPUNIT_TEST(preparesAgain);
    CPPUNIT_TEST(comesLater);
    CPPUNIT_TEST(waitsForOneThatHangs);
    CPPUNIT_TEST(keepsWhatFailedWhenItCame);
    CPPUNIT_TEST(failsToStartWhereNothingWouldHelp);
    CPPUNIT_TEST(tellsWhetherItCanServe);
    CPPUNIT_TEST(knowsNoDataVersion);
    CPPUNIT_TEST(closes);
    CPPUNIT_TEST(checksTextsWithoutAServer);
    CPPUNIT_TEST_SUITE_END();

public:
    void reads() {
        MariadbConnector& connector = open();
        driver_.rows["SELECT 1"] = {{"7"}, {"8"}};
        std::vector<std::string> seen;
        Rows rows([&](std::span<const SqlValue> columns) {
            seen.emplace_back(columns[0].text);
            return true;
        });
        connector.read(select_, {}, &rows);
        CPPUNIT_ASSERT((seen == std::vector<std::string>{"7", "8"}));
        CPPUNIT_ASSERT_EQUAL(std::string("mariadb"), std::string(connector.dialect()));
        Rows throwing([](std::span<const SqlValue>) -> bool { throw std::runtime_error("x"); });
        CPPUNIT_ASSERT_THROW(connector.read(select_, {}, &throwing), std::runtime_error);
    }
    void refusesWritesAndLoops() {
        MariadbConnector& connector = open();
        const std::vector<SqlValue> one{integer(1)};
        assertContains("needs a transaction", failure([&] { connector.read(insert_, one, nullptr); }).what());
        assertContains("takes 0 parameters", failure([&] { connector.read(select_, one, nullptr); }).what());
        assertKind(Kind::invalid, failure([&] { connector.read(99, {}, nullptr); }));
        CPPUNIT_ASSERT(driver_.said().empty());
        loops_.become(1);
        assertKind(Kind::busy, failure([&] { connector.read(select_, {}, nullptr); }));
        assertKind(Kind::invalid, failure([&] { transact(connector, [](auto&) { return true; }); }));
        assertKind(Kind::busy, failure([&] { connector.statement(sql("SELECT 2")); }));
        CPPUNIT_ASSERT_EQUAL(select_, connector.statement(sql("SELECT 1")));
    }
    void refusesOtherStatements() {
        MariadbConnector& connector = open();
        for (const char* text : {"COMMIT", "BEGIN", "SAVEPOINT a", "CREATE TABLE a (b INT)", "DROP TABLE a",
                                 "SET a = 1", "LOCK TABLES a READ", "CALL a()", "", "-- nothing", "/*! COMMIT */",
                                 "SELECT 1 /*M! INTO @a */", "XA START 'a'", "USE a", "TRUNCATE a"})
            assertKind(Kind::invalid, failure([&] { connector.statement(sql(text)); }));
        // What locks or stores is no read.
        for (const char* text : {"SELECT a FROM b FOR UPDATE", "SELECT a FROM b LOCK IN SHARE MODE",
                                 "SELECT a INTO OUTFILE '/x' FROM b", "DELETE FROM a", "REPLACE INTO a VALUES (1)"}) {
            const std::uint32_t statement = connector.statement(sql(text));
            assertKind(Kind::invalid, failure([&] { connector.read(statement, {}, nullptr); }));
        }
        for (const char* text : {"(SELECT a FROM b) UNION (SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a",
                                 "SELECT 'INTO' FROM b", "VALUES (1)"})
            connector.read(connector.statement(sql(text)), {}, nullptr);
        driver_.onPrepare = [](const std::string&) { return FakeFault{1064, false, false, "syntax"}; };
        assertContains("syntax (1064)", failure([&] { connector.statement(sql("SELECT FROM")); }).what());
    }
    void locksRows() {
        MariadbConnector& connector = open();
        const std::uint32_t locking = connector.statement({"a", "SELECT 1", std::nullopt, true});
        CPPUNIT_ASSERT(locking != select_);
        assertKind(Kind::invalid, failure([&] { connector.read(locking, {}, nullptr); }));
        transact(connector, [&](auto& transaction) {
            transaction.execute(locking, {}, nullptr);
            return true;
        });
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("1: SELECT 1 FOR UPDATE"));
        assertContains("only a SELECT can lock", failure([&] {
                                                     connector.statement({"a", "DELETE FROM a", std::nullopt, true});
                                                 }).what());
        assertContains("takes 0 parameters",
                       failure([&] {
                           connector.statement({"a", "SELECT 1", StatementText::Counts{1, 1}, false});
                       }).what());
    }
    void readsAgainWhereTheServerEnded() {
        MariadbConnector& connector = open();
        fail("SELECT 1", {2006, true});
        connector.read(select_, {}, nullptr);
        CPPUNIT_ASSERT_EQUAL(2, driver_.connects());
        fail("SELECT 1", {2013, true, true}); // the time is over, too
        assertKind(Kind::busy, failure([&] { connector.read(select_, {}, nullptr); }));
        fail("SELECT 1", {2013, true}, 100); // of a new one it is true
        assertKind(Kind::lost, failure([&] { connector.read(select_, {}, nullptr); }));
    }
    void replacesDeadConnections() {
        MariadbConnector& connector = open();
        driver_.down = true;
        CPPUNIT_ASSERT(transact(connector, [](auto&) { return true; }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("2: COMMIT"));
        CPPUNIT_ASSERT_EQUAL(1, driver_.open());
    }
    void waitsForAConnection() {
        MariadbConnector& connector = open();
        std::promise<void> ended;
        std::vector<std::future<bool>> bodies;
        std::atomic<int> inside = 0;
        const std::shared_future<void> end = ended.get_future().share();
        for (int i = 0; i < 5; ++i)
            bodies.push_back(std::async(std::launch::async, [&] {
                return transact(connector, [&](auto&) {
                    ++inside;
                    end.wait();
                    return true;
                });
            }));
        CPPUNIT_ASSERT(tests::eventually([&] { return inside == 2; }));
        // What has less time does not wait longer.
        Body hurried([](auto&) { return true; });
        hurried.within([] { return std::chrono::milliseconds(5); });
        assertKind(Kind::busy, failure([&] { connector.transact(hurried); }));
        connector.read(select_, {}, nullptr);
        ended.set_value();
        for (auto& body : bodies) CPPUNIT_ASSERT(body.get());
        CPPUNIT_ASSERT(driver_.connects() <= 3);
    }
    void doesNotKnockAgainAtOnce() {
        options_.firstPause = options_.longestPause = std::chrono::hours(1);
        MariadbConnector& connector = open();
        driver_.down = true;
        driver_.onConnect = [] { return FakeFault{2002, true, false, "refused"}; };
        const int before = driver_.connects();
        for (int i = 0; i < 3; ++i) {
            const DatabaseError error = failure([&] { connector.read(select_, {}, nullptr); });
            assertKind(Kind::lost, error);
            assertContains("database 'name' on host:3306 cannot be connected to: refused (2002)", error.what());
        }
        CPPUNIT_ASSERT_EQUAL(before + 1, driver_.connects());
        driver_.onConnect = [] { return FakeFault{1040, true, false, "many"}; };
    }
    void refusesServers() {
        const auto refusal = [&](const std::string& part) {
            const DatabaseError error = failure([&] { make().open(); });
            assertContains(part, error.what());
            CPPUNIT_ASSERT(std::string(error.what()).find("hidden") == std::string::npos);
            connector_.reset();
        };
        for (const char* version : {"8.0.36", "8.0.36-0ubuntu0.22.04.1", ""}) {
            driver_.version = version;
            refusal("only MariaDB is supported");
        }
        for (const char* version : {"10.5.23-MariaDB", "5.5.5-10.5.23-MariaDB-log", "5.5.68-MariaDB", "9.9-mariadb"}) {
            driver_.version = version;
            refusal("10.6 or later is needed");
        }
        for (const char* version : {"10.6.0-MariaDB", "5.5.5-10.11.6-MariaDB", "11.4.2-MariaDB-ubu2404"}) {
            driver_.version = version;
            make().open();
        }
        for (const auto& [name, bad] : std::map<std::string, std::string>{{"sql_mode", "STRICT_TRANS_TABLES"},
                                                                          {"time_zone", "SYSTEM"},
                                                                          {"autocommit", "OFF"},
                                                                          {"tx_isolation", "SERIALIZABLE"},
                                                                          {"character_set_client", "latin1"}}) {
            const std::string good = driver_.variables[name];
            driver_.variables[name] = bad;
            refusal(name);
            driver_.variables[name] = good;
        }
        driver_.variables.erase("tx_isolation");
        refusal("transaction_isolation");
        driver_.variables["transaction_isolation"] = "READ-COMMITTED";
        make().open();
    }
    void warnsOfWhatIsLost() {
        driver_.variables["innodb_flush_log_at_trx_commit"] = "2";
        MariadbConnector& connector = open();
        driver_.down = true;
        connector.read(select_, {}, nullptr);
        std::size_t warnings = 0;
        for (const std::string& one : reported())
            if (one.find("innodb_flush_log_at_trx_commit") != std::string::npos) ++warnings;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, warnings);
    }
    void forgetsStatements() {
        options_.preparedStatements = 2;
        MariadbConnector& connector = open();
        std::vector<std::uint32_t> statements;
        for (int i = 0; i < 5; ++i) statements.push_back(connector.statement(sql("SELECT " + std::to_string(i))));
        for (const std::uint32_t statement : statements) connector.read(statement, {}, nullptr);
        CPPUNIT_ASSERT_EQUAL(2, driver_.prepared());
        int prepares = 0;
        driver_.onPrepare = [&](const std::string&) -> std::optional<FakeFault> {
            ++prepares;
            return std::nullopt;
        };
        connector.read(statements[3], {}, nullptr);
        connector.read(statements[4], {}, nullptr);
        CPPUNIT_ASSERT_EQUAL(0, prepares);
        connector.read(statements[0], {}, nullptr); // in the place of 3
        connector.read(statements[4], {}, nullptr);
        CPPUNIT_ASSERT_EQUAL(1, prepares);
        // The server's own limit: one is forgotten for each try.
        driver_.onPrepare = [&, left = 1](const std::string&) mutable -> std::optional<FakeFault> {
            if (left-- > 0) return FakeFault{1461};
            return std::nullopt;
        };
        connector.read(statements[2], {}, nullptr);
        driver_.onPrepare = [](const std::string&) { return FakeFault{1461}; };
        assertContains("(1461)", failure([&] { connector.read(statements[1], {}, nullptr); }).what());
        CPPUNIT_ASSERT_EQUAL(0, driver_.prepared());
    }
    void preparesAgain() {
        MariadbConnector& connector = open();
        connector.read(select_, {}, nullptr);
        fail("SELECT 1", {1615});
        connector.read(select_, {}, nullptr);
        fail("SELECT 1", {1615}, 2);
        assertContains("(1615)", failure([&] { connector.read(select_, {}, nullptr); }).what());
    }
    void comesLater() {
        std::atomic<bool> away = true;
        driver_.onConnect = [&]() -> std::optional<FakeFault> {
            if (away) return FakeFault{2002, true, false, "refused"};
            return std::nullopt;
        };
        MariadbConnector& connector = make();
        KeptMigrationLog log;
        const DatabaseError reason = failure([&] {
            try {
                connector.migrate({}, MigrationRun::restart, log);
            } catch (const DatabaseError& error) {
                CPPUNIT_ASSERT(connector.runWhenThere(error, [] {}));
                throw;
            }
        });
        assertKind(Kind::lost, reason);
        std::atomic<int> works = 0;
        try {
            connector.migrate({}, MigrationRun::restart, log);
        } catch (const DatabaseError& error) {
            CPPUNIT_ASSERT(connector.runWhenThere(error, [&] { ++works; }));
        }
        connector.open();
        select_ = connector.statement({"a", "SELECT ?", StatementText::Counts{1, 1}, false});
        const std::vector<SqlValue> one{integer(1)};
        assertKind(Kind::lost, failure([&] { connector.read(select_, one, nullptr); }));
        assertKind(Kind::lost, failure([&] { transact(connector, [](auto&) { return true; }); }));
        assertContains("refused", failure([&] { connector.check(); }).what());
        CPPUNIT_ASSERT_EQUAL(0, works.load());
        away = false;
        CPPUNIT_ASSERT(tests::eventually([&] {
            try {
                connector.check();
                return true;
            } catch (const DatabaseError&) {
                return false;
            }
        }));
        CPPUNIT_ASSERT_EQUAL(1, works.load());
        connector.read(select_, one, nullptr);
    }
    void waitsForOneThatHangs() {
        options_.server.connectTimeout = options_.server.poolTimeout = std::chrono::milliseconds(1);
        std::atomic<bool> hangs = true;
        driver_.onConnect = [&]() -> std::optional<FakeFault> {
            if (!hangs) return std::nullopt;
            const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
            while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
            return FakeFault{0, true, true, "late"};
        };
        MariadbConnector& connector = make();
        connector.open();
        assertKind(Kind::lost, failure([&] { transact(connector, [](auto&) { return true; }); }));
        hangs = false;
        CPPUNIT_ASSERT(tests::eventually([&] {
            try {
                return transact(connector, [](auto&) { return true; });
            } catch (const DatabaseError&) {
                return false;
            }
        }));
    }
    void keepsWhatFailedWhenItCame() {
        std::atomic<bool> broken = true;
        driver_.onConnect = [&, first = true]() mutable -> std::optional<FakeFault> {
            if (std::exchange(first, false)) return FakeFault{2002, true, false, "refused"};
            return std::nullopt;
        };
        MariadbConnector& connector = make();
        KeptMigrationLog log;
        try {
            connector.migrate({}, MigrationRun::restart, log);
        } catch (const DatabaseError& error) {
            CPPUNIT_ASSERT(connector.runWhenThere(error, [&] {
                if (broken) throw DatabaseError(Kind::failed, "plugin 'posts': migration '0001-a' failed: CREATE");
            }));
        }
        connector.open();
        CPPUNIT_ASSERT(tests::eventually([&] {
            return std::string(failure([&] { connector.check(); }).what()).find("'0001-a' failed: CREATE") !=
                   std::string::npos;
        }));
        assertKind(Kind::lost, failure([&] { transact(connector, [](auto&) { return true; }); }));
        broken = false;
        CPPUNIT_ASSERT(tests::eventually([&] {
            try {
                return transact(connector, [](auto&) { return true; });
            } catch (const DatabaseError&) {
                return false;
            }
        }));
    }
    void failsToStartWhereNothingWouldHelp() {
        for (const std::uint32_t code : {1045u, 1044u, 1049u, 2026u}) {
            driver_.onConnect = [code] { return FakeFault{code, true, false, "denied"}; };
            MariadbConnector& connector = make();
            assertContains("denied", failure([&] { connector.open(); }).what());
            KeptMigrationLog log;
            try {
                connector.migrate({}, MigrationRun::restart, log);
                CPPUNIT_FAIL("it migrated");
            } catch (const DatabaseError& error) {
                CPPUNIT_ASSERT(!connector.runWhenThere(error, [] {}));
            }
        }
    }
    void tellsWhetherItCanServe() {
        MariadbConnector& connector = open();
        connector.check();
        fail("INSERT INTO numbers VALUES (?)", {1290});
        assertKind(Kind::readOnly, failure([&] {
                       transact(connector, [&](auto& transaction) {
                           insert(transaction);
                           return true;
                       });
                   }));
        driver_.rows["SELECT @@global.read_only"] = {{"1"}};
        assertKind(Kind::readOnly, failure([&] { connector.check(); }));
        driver_.rows["SELECT @@global.read_only"] = {{"0"}};
        connector.check();
        driver_.rows["SELECT @@global.read_only"] = {{"1"}};
        connector.check(); // no write failed since
        fail("DO 1", {1047});
        assertKind(Kind::lost, failure([&] { connector.check(); }));
        driver_.down = true;
        driver_.onConnect = [] { return FakeFault{2002, true, false, "refused"}; };
        assertContains("refused", failure([&] { connector.check(); }).what());
    }
    void knowsNoDataVersion() {
        MariadbConnector& connector = make();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, connector.dataVersion());
    }
    void closes() {
        MariadbConnector& connector = open();
        std::promise<void> inside;
        std::promise<void> end;
        auto body = std::async(std::launch::async, [&] {
            return transact(connector, [&](auto&) {
                inside.set_value();
                end.get_future().wait();
                return true;
            });
        });
        inside.get_future().wait();
        CPPUNIT_ASSERT(!connector.close(std::chrono::milliseconds(1)));
        end.set_value();
        CPPUNIT_ASSERT(body.get());
        CPPUNIT_ASSERT(connector.close(tests::patience));
        assertContains("closed", failure([&] { connector.read(select_, {}, nullptr); }).what());
        CPPUNIT_ASSERT_EQUAL(0, driver_.open());
    }
    void checksTextsWithoutAServer() {
        MariadbConnector& connector = make();
        const std::vector<StatementText> statements{{"good", "SELECT ?", StatementText::Counts{1, 1}, false},
                                                    {"few", "SELECT ?, '?'", StatementText::Counts{2, 1}, false},
                                                    {"other", "DROP TABLE a", std::nullopt, false}};
        const Connector::SchemaFaults faults = connector.checkSchema({}, statements, {});
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, faults.statements.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults.statements[0].index);
        assertContains("takes 1 parameters", faults.statements[0].message);
        assertContains("DROP TABLE a", faults.statements[1].message);
        const Migration wrong{"a", "0002-x", "SELECT 1"};
        CPPUNIT_ASSERT_THROW(connector.checkSchema(std::span(&wrong, 1), {}, {}), MigrationsRefused);
        CPPUNIT_ASSERT_EQUAL(0, driver_.connects());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MariadbConnectorTest);

} // namespace mortise::database
