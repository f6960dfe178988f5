// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Data/Session.h>

#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

namespace mortise::database {

// Connections: how they are opened, used, waited for and closed.
class SqliteConnectorTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteConnectorTest);
    CPPUNIT_TEST(refusesUseBeforeOpen);
    CPPUNIT_TEST(refusesBadCalls);
    CPPUNIT_TEST(stopsWhenTheVisitorHasEnough);
    CPPUNIT_TEST(keepsWorkingWhenAVisitorThrows);
    CPPUNIT_TEST(refusesCallsFromARow);
    CPPUNIT_TEST(rollsBackWhatTheBodyRefuses);
    CPPUNIT_TEST(rollsBackWhenTheBodyThrows);
    CPPUNIT_TEST(keepsNothingAfterARollbackOfItsOwn);
    CPPUNIT_TEST(knowsTheTransactionOfAThread);
    CPPUNIT_TEST(cutsLongReadsOnAWorker);
    CPPUNIT_TEST(cutsLongWrites);
    CPPUNIT_TEST(numbersEveryCommit);
    CPPUNIT_TEST(waitsForAReaderWithinBounds);
    CPPUNIT_TEST(waitsForAnotherProcessWithinBounds);
    CPPUNIT_TEST(waitsForAFirstWriterWithinBounds);
    CPPUNIT_TEST(refusesUseAfterClose);
    CPPUNIT_TEST(configuresConnections);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                                                "i < 1000000000000) SELECT count(*) FROM n";

    void refusesUseBeforeOpen() {
        SqliteConnector connector(options_, loops_);
        assertKind(Kind::invalid, failure([&] { connector.read(0, {}, nullptr); }));
        assertKind(Kind::invalid, failure([&] { connector.statement(sql("SELECT 1")); }));
        assertKind(Kind::invalid, failure([&] { connector.check(); }));
        connector.close(std::chrono::milliseconds(0));
    }

    void refusesBadCalls() {
        SqliteConnector& connector = open();
        assertKind(Kind::invalid, failure([&] { connector.read(77, {}, nullptr); }));
        const std::vector<SqlValue> one{integer(1)};
        assertKind(Kind::invalid, failure([&] { connector.read(count_, one, nullptr); }));
        const std::vector<SqlValue> two{integer(1), text("x")};
        const DatabaseError error = failure([&] { connector.read(insert_, two, nullptr); });
        assertKind(Kind::invalid, error);
        assertContains("needs a transaction", error.what());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
    }

    void stopsWhenTheVisitorHasEnough() {
        SqliteConnector& connector = open();
        for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT(insert(connector, i));
        const std::uint32_t all = connector.statement(sql("SELECT value FROM numbers ORDER BY value"));
        int seen = 0;
        Rows rows([&](std::span<const SqlValue>) { return ++seen < 2; });
        connector.read(all, {}, &rows);
        CPPUNIT_ASSERT_EQUAL(2, seen);
    }

    void keepsWorkingWhenAVisitorThrows() {
        options_.readers = 1;
        SqliteConnector& connector = open();
        Rows rows([](std::span<const SqlValue>) -> bool { throw std::runtime_error("from the visitor"); });
        CPPUNIT_ASSERT_THROW(connector.read(count_, {}, &rows), std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
    }

    void refusesCallsFromARow() {
        SqliteConnector& connector = open();
        Rows nested([&](std::span<const SqlValue>) {
            connector.read(count_, {}, nullptr);
            return true;
        });
        loops_.become(1);
        const std::uint64_t version = connector.dataVersion();
        Rows asking([&](std::span<const SqlValue>) {
            CPPUNIT_ASSERT_EQUAL(version, connector.dataVersion()); // of what it reads
            return true;
        });
        connector.read(count_, {}, &asking);
        assertKind(Kind::invalid, failure([&] { connector.read(count_, {}, &nested); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
        loops_.endBatch();
        loops_.become(0);
        CPPUNIT_ASSERT(!transact(connector, [&](Transaction& transaction) {
            Rows again([&](std::span<const SqlValue>) {
                assertKind(Kind::invalid, failure([&] { transaction.execute(count_, {}, nullptr); }));
                return true;
            });
            transaction.execute(count_, {}, &again);
            return false;
        }));
    }

    void rollsBackWhatTheBodyRefuses() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(!transact(connector, [&](Transaction& transaction) {
            const std::vector<SqlValue> parameters{integer(1), {}};
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, transaction.execute(insert_, parameters, nullptr));
            return false;
        }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    void rollsBackWhenTheBodyThrows() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT_THROW(transact(connector,
                                      [&](Transaction& transaction) -> bool {
                                          const std::vector<SqlValue> parameters{integer(1), {}};
                                          transaction.execute(insert_, parameters, nullptr);
                                          throw std::out_of_range("from the body");
                                      }),
                             std::out_of_range);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    void keepsNothingAfterARollbackOfItsOwn() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        const std::uint32_t rude = connector.statement(sql("INSERT OR ROLLBACK INTO numbers (value) VALUES (1)"));
        const DatabaseError error = failure([&] {
            transact(connector, [&](Transaction& transaction) {
                assertKind(Kind::unique, failure([&] { transaction.execute(rude, {}, nullptr); }));
                const std::vector<SqlValue> next{integer(2), {}};
                transaction.execute(insert_, next, nullptr);
                return true;
            });
        });
        assertContains("rolled back by the database", error.what());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, readInteger(connector, count_));
    }

    void knowsTheTransactionOfAThread() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(connector.currentTransaction() == nullptr);
        transact(connector, [&](Transaction& transaction) {
            CPPUNIT_ASSERT(connector.currentTransaction() == &transaction);
            CPPUNIT_ASSERT(std::async(std::launch::async, [&] { return connector.currentTransaction(); }).get() ==
                           nullptr);
            return true;
        });
        CPPUNIT_ASSERT(connector.currentTransaction() == nullptr);
    }

    void cutsLongReadsOnAWorker() {
        options_.statementTimeout = std::chrono::milliseconds(50);
        SqliteConnector& connector = open();
        const std::uint32_t statement = connector.statement(sql(endless));
        const DatabaseError error = failure([&] { connector.read(statement, {}, nullptr); });
        assertKind(Kind::failed, error);
        assertContains("after 50 ms", error.what());
        // The next one has its own time.
        const std::uint32_t some = connector.statement(sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT count(*) FROM n"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3000}, readInteger(connector, some));
    }

    void cutsLongWrites() {
        options_.statementTimeout = std::chrono::milliseconds(50);
        SqliteConnector& connector = open();
        const std::uint32_t statement = connector.statement(
            sql("INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM "
                "n"));
        assertContains("after 50 ms", failure([&] {
                                          transact(connector, [&](Transaction& transaction) {
                                              transaction.execute(statement, {}, nullptr);
                                              return true;
                                          });
                                      }).what());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    void numbersEveryCommit() {
        SqliteConnector& connector = open();
        const auto other = another();
        std::uint64_t last = connector.dataVersion();
        const auto changed = [&] {
            const std::uint64_t now = connector.dataVersion();
            CPPUNIT_ASSERT_EQUAL(now, other->dataVersion());
            CPPUNIT_ASSERT_EQUAL(now, std::async(std::launch::async, [&] {
                                          loops_.become(1);
                                          const std::uint64_t version = connector.dataVersion();
                                          loops_.endBatch();
                                          loops_.become(0);
                                          return version;
                                      }).get());
            return std::exchange(last, now) != now;
        };
        other->statement(sql("INSERT INTO numbers (value, word) VALUES (?, ?)"));
        CPPUNIT_ASSERT(!changed());
        for (int i = 0; i < 10; ++i) {
            CPPUNIT_ASSERT(insert(connector, 2 * i));
            CPPUNIT_ASSERT(changed());
            CPPUNIT_ASSERT(insert(*other, 2 * i + 1));
            CPPUNIT_ASSERT(changed());
            readInteger(connector, count_);
            CPPUNIT_ASSERT(!changed());
        }
        assertKind(Kind::unique, failure([&] { insert(connector, 1); }));
        CPPUNIT_ASSERT(!changed());
    }

    void waitsForAReaderWithinBounds() {
        options_.readers = 1;
        options_.readWait = std::chrono::milliseconds(30);
        SqliteConnector& connector = open();
        Rows rows([&](std::span<const SqlValue>) {
            const DatabaseError error = std::async(std::launch::async, [&] {
                                            return failure([&] { connector.read(count_, {}, nullptr); });
                                        }).get();
            assertKind(Kind::busy, error);
            return true;
        });
        connector.read(count_, {}, &rows);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
    }

    void waitsForAnotherProcessWithinBounds() {
        options_.busyTimeout = std::chrono::milliseconds(30);
        SqliteConnector& connector = open();
        const auto other = another();
        CPPUNIT_ASSERT(transact(*other, [&](Transaction&) {
            std::async(std::launch::async, [&] {
                assertKind(Kind::busy, failure([&] { insert(connector, 1); }));
                CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_)); // readers go on
            }).get();
            return true;
        }));
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    // A new database is still in rollback mode while somebody else begins to write to it.
    void waitsForAFirstWriterWithinBounds() {
        using namespace Poco::Data::Keywords;
        Poco::Data::Session other(
            Poco::AutoPtr<Poco::Data::SessionImpl>(new Poco::Data::SQLite::SessionImpl(options_.file.string(), 0)));
        int waitsMs = 0; // for the reader that looks whether the file is one of ours
        other << "PRAGMA busy_timeout = 60000", into(waitsMs), now;
        other << "CREATE TABLE foreign_table (x INTEGER)", now;
        other << "BEGIN IMMEDIATE", now;
        options_.busyTimeout = std::chrono::milliseconds(60);
        const auto begin = std::chrono::steady_clock::now();
        assertKind(Kind::busy, failure([&] { another(); }));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin >= options_.busyTimeout);
        options_.busyTimeout = std::chrono::seconds(60);
        auto opened = std::async(std::launch::async, [&] { return another(); });
        other << "COMMIT", now;
        CPPUNIT_ASSERT(opened.get() != nullptr);
    }

    void refusesUseAfterClose() {
        SqliteConnector& connector = open();
        connector.close(std::chrono::seconds(1));
        connector.close(std::chrono::seconds(1));
        assertContains("closed", failure([&] { insert(connector, 1); }).what());
        assertContains("closed", failure([&] { connector.read(count_, {}, nullptr); }).what());
        loops_.become(1);
        assertContains("closed", failure([&] { connector.read(count_, {}, nullptr); }).what());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, loops_.endBatch());
    }

    void configuresConnections() {
        open();
        options_.cacheBytes = 3u << 20;
        const StatementRegistry registry(1);
        for (const bool full : {true, false}) {
            for (const bool writes : {true, false}) {
                options_.synchronousFull = full;
                SqliteConnection connection(options_, registry,
                                            {writes ? SqliteConnection::Access::write : SqliteConnection::Access::read,
                                             options_.busyTimeout, options_.statementTimeout, Kind::failed});
                const auto setting = [&](const std::string& name) {
                    SqliteStatement pragma = connection.prepare("PRAGMA " + name);
                    pragma.step();
                    const SqlValue value = pragma.column(0);
                    return value.kind == SqlKind::text ? std::string(value.text) : std::to_string(value.integer);
                };
                CPPUNIT_ASSERT_EQUAL(std::string("wal"), setting("journal_mode"));
                CPPUNIT_ASSERT_EQUAL(std::string(full ? "2" : "1"), setting("synchronous"));
                CPPUNIT_ASSERT_EQUAL(std::string("1"), setting("foreign_keys"));
                CPPUNIT_ASSERT_EQUAL(std::string("0"), setting("trusted_schema"));
                CPPUNIT_ASSERT_EQUAL(std::string("2"), setting("temp_store"));
                CPPUNIT_ASSERT_EQUAL(std::string("-3072"), setting("cache_size"));
                CPPUNIT_ASSERT_EQUAL(std::string(writes ? "0" : "1"), setting("query_only"));
                CPPUNIT_ASSERT_EQUAL(std::to_string(options_.busyTimeout.count()), setting("busy_timeout"));
            }
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteConnectorTest);

} // namespace mortise::database
