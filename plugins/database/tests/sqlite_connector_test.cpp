// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Data/Session.h>

#include <chrono>
#include <future>
#include <limits>
#include <thread>

namespace mortise::database {

namespace {

constexpr std::string_view endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) SELECT count(*) FROM n";

} // namespace

class SqliteConnectorTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteConnectorTest);
    CPPUNIT_TEST(refusesUseBeforeOpen);
    CPPUNIT_TEST(refusesBadStatements);
    CPPUNIT_TEST(refusesBadCalls);
    CPPUNIT_TEST(boundsTheNumberOfStatements);
    CPPUNIT_TEST(sharesEqualStatements);
    CPPUNIT_TEST(carriesEveryKindOfValue);
    CPPUNIT_TEST(stopsWhenTheVisitorHasEnough);
    CPPUNIT_TEST(keepsWorkingWhenAVisitorThrows);
    CPPUNIT_TEST(refusesCallsFromARow);
    CPPUNIT_TEST(rollsBackWhatTheBodyRefuses);
    CPPUNIT_TEST(rollsBackWhenTheBodyThrows);
    CPPUNIT_TEST(keepsNothingAfterARollbackOfItsOwn);
    CPPUNIT_TEST(tellsUniqueConflictsApart);
    CPPUNIT_TEST(enforcesForeignKeys);
    CPPUNIT_TEST(knowsTheTransactionOfAThread);
    CPPUNIT_TEST(refusesTransactionsOnALoop);
    CPPUNIT_TEST(sendsReadsAwayFromALoopWhereTheyAreOff);
    CPPUNIT_TEST(readsTheLastWriteWithinABatch);
    CPPUNIT_TEST(readsOneSnapshotUntilSomebodyCommits);
    CPPUNIT_TEST(endsTheSnapshotWithTheBatch);
    CPPUNIT_TEST(cutsLongReadsOnALoop);
    CPPUNIT_TEST(cutsLongReadsOnAWorker);
    CPPUNIT_TEST(cutsLongWrites);
    CPPUNIT_TEST(numbersEveryCommit);
    CPPUNIT_TEST(waitsForAReaderWithinBounds);
    CPPUNIT_TEST(waitsForAnotherProcessWithinBounds);
    CPPUNIT_TEST(waitsForAFirstWriterWithinBounds);
    CPPUNIT_TEST(followsASchemaThatGrows);
    CPPUNIT_TEST(closesWhileABatchIsOpen);
    CPPUNIT_TEST(refusesUseAfterClose);
    CPPUNIT_TEST_SUITE_END();

    void refusesUseBeforeOpen() {
        SqliteConnector connector(options_, loops_);
        assertKind(Kind::invalid, failure([&] { connector.read(0, {}, nullptr); }));
        assertKind(Kind::invalid, failure([&] { connector.statement("SELECT 1"); }));
        assertKind(Kind::invalid, failure([&] { connector.check(); }));
        connector.close(std::chrono::milliseconds(0));
    }

    void refusesBadStatements() {
        SqliteConnector& connector = open();
        assertContains("syntax error", failure([&] { connector.statement("SELEC 1"); }).what());
        assertContains("no such table", failure([&] { connector.statement("SELECT * FROM missing"); }).what());
        assertKind(Kind::invalid, failure([&] { connector.statement(""); }));
        assertKind(Kind::invalid, failure([&] { connector.statement(" ; -- nothing"); }));
        assertKind(Kind::invalid, failure([&] { connector.statement("SELECT 1; SELECT 2"); }));
        connector.statement("SELECT 1; ");
        for (const char* sql : {"BEGIN", "COMMIT", "SAVEPOINT x", "PRAGMA query_only = OFF", "ATTACH ':memory:' AS x"})
            assertContains("may not begin or end a transaction", failure([&] { connector.statement(sql); }).what());
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

    void boundsTheNumberOfStatements() {
        options_.statements = 3;
        SqliteConnector& connector = open();
        const std::uint32_t last = connector.statement("SELECT 1");
        assertContains("more than 3 statements", failure([&] { connector.statement("SELECT 2"); }).what());
        CPPUNIT_ASSERT_EQUAL(last, connector.statement("SELECT 1"));
    }

    void sharesEqualStatements() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT_EQUAL(count_, connector.statement("SELECT count(*) FROM numbers"));
        CPPUNIT_ASSERT(count_ != connector.statement("SELECT count(*)  FROM numbers"));
    }

    void carriesEveryKindOfValue() {
        SqliteConnector& connector = open();
        const std::uint32_t echo = connector.statement("SELECT ?, ?, ?, ?, ?, ?, ?");
        const std::string_view bytes("\0\xff", 2);
        const std::vector<SqlValue> sent{{},
                                         integer(std::numeric_limits<std::int64_t>::min()),
                                         {SqlKind::number, 0, -0.25, {}},
                                         text("zwölf"),
                                         text({}),
                                         {SqlKind::blob, 0, 0, bytes},
                                         {SqlKind::blob, 0, 0, {}}};
        int seen = 0;
        Rows rows([&](std::span<const SqlValue> columns) {
            ++seen;
            CPPUNIT_ASSERT_EQUAL(sent.size(), columns.size());
            for (std::size_t i = 0; i < sent.size(); ++i) {
                CPPUNIT_ASSERT(sent[i].kind == columns[i].kind);
                CPPUNIT_ASSERT_EQUAL(sent[i].integer, columns[i].integer);
                CPPUNIT_ASSERT_EQUAL(sent[i].number, columns[i].number);
                CPPUNIT_ASSERT(sent[i].text == columns[i].text);
            }
            return true;
        });
        connector.read(echo, sent, &rows);
        CPPUNIT_ASSERT_EQUAL(1, seen);
        std::vector<SqlValue> unknown = sent;
        unknown[0].kind = static_cast<SqlKind>(9);
        failure([&] { connector.read(echo, unknown, &rows); });
    }

    void stopsWhenTheVisitorHasEnough() {
        SqliteConnector& connector = open();
        for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT(insert(connector, i));
        const std::uint32_t all = connector.statement("SELECT value FROM numbers ORDER BY value");
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
        const std::uint32_t rude = connector.statement("INSERT OR ROLLBACK INTO numbers (value) VALUES (1)");
        const DatabaseError error = failure([&] {
            transact(connector, [&](Transaction& transaction) {
                assertKind(Kind::conflict, failure([&] { transaction.execute(rude, {}, nullptr); }));
                const std::vector<SqlValue> next{integer(2), {}};
                transaction.execute(insert_, next, nullptr);
                return true;
            });
        });
        assertContains("rolled back by the database", error.what());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, readInteger(connector, count_));
    }

    void tellsUniqueConflictsApart() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        assertKind(Kind::conflict, failure([&] { insert(connector, 1); }));
        assertKind(Kind::failed, failure([&] {
                       transact(connector, [&](Transaction& transaction) {
                           const std::vector<SqlValue> parameters{{}, {}};
                           transaction.execute(insert_, parameters, nullptr); // NOT NULL
                           return true;
                       });
                   }));
        // A body may go on after a conflict.
        CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
            const std::vector<SqlValue> old{integer(1), {}};
            const std::vector<SqlValue> fresh{integer(2), {}};
            assertKind(Kind::conflict, failure([&] { transaction.execute(insert_, old, nullptr); }));
            return transaction.execute(insert_, fresh, nullptr) == 1;
        }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, readInteger(connector, count_));
    }

    void enforcesForeignKeys() {
        SqliteConnector& connector = open();
        const Migration child{"tests", "0002-child", "CREATE TABLE child (parent INTEGER REFERENCES numbers (value))"};
        const Migration both[] = {schema, child};
        connector.migrate(both);
        const std::uint32_t statement = connector.statement("INSERT INTO child VALUES (?)");
        const std::vector<SqlValue> orphan{integer(5)};
        const DatabaseError error = failure([&] {
            transact(connector,
                     [&](Transaction& transaction) { return transaction.execute(statement, orphan, nullptr) == 1; });
        });
        assertKind(Kind::failed, error);
        assertContains("FOREIGN KEY", error.what());
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

    void refusesTransactionsOnALoop() {
        SqliteConnector& connector = open();
        loops_.become(1);
        assertKind(Kind::invalid, failure([&] { insert(connector, 1); }));
    }

    void sendsReadsAwayFromALoopWhereTheyAreOff() {
        options_.readsOnLoop = false;
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(!connector.readsOnLoop());
        loops_.become(1);
        assertKind(Kind::busy, failure([&] { connector.read(count_, {}, nullptr); }));
        connector.dataVersion();
    }

    void readsTheLastWriteWithinABatch() {
        SqliteConnector& connector = open();
        loops_.become(2);
        for (int i = 0; i < 20; ++i) {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{i}, readInteger(connector, count_));
            std::async(std::launch::async, [&] { CPPUNIT_ASSERT(insert(connector, i)); }).get();
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, readInteger(connector, count_));
        // Also what another process acknowledged.
        const auto other = another();
        other->statement("INSERT INTO numbers (value, word) VALUES (?, ?)");
        std::async(std::launch::async, [&] { CPPUNIT_ASSERT(insert(*other, 100)); }).get();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{21}, readInteger(connector, count_));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loops_.endBatch());
    }

    void readsOneSnapshotUntilSomebodyCommits() {
        SqliteConnector& connector = open();
        loops_.become(1);
        const std::uint64_t version = connector.dataVersion();
        for (int i = 0; i < 3; ++i) {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
            CPPUNIT_ASSERT_EQUAL(version, connector.dataVersion());
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loops_.endBatch());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, loops_.endBatch());
    }

    void endsTheSnapshotWithTheBatch() {
        SqliteConnector& connector = open();
        loops_.become(1);
        readInteger(connector, count_);
        loops_.endBatch();
        // A reader that kept its snapshot would keep the log from being emptied.
        std::async(std::launch::async, [&] { insert(connector, 1); }).get();
        connector.close(std::chrono::milliseconds(1000));
        CPPUNIT_ASSERT_EQUAL(std::uintmax_t{0}, std::filesystem::file_size(*folder_ / "test.db-wal"));
    }

    void cutsLongReadsOnALoop() {
        options_.loopReadLimit = std::chrono::milliseconds(20);
        SqliteConnector& connector = open();
        const std::uint32_t statement = connector.statement(endless);
        loops_.become(1);
        const auto began = std::chrono::steady_clock::now();
        assertKind(Kind::busy, failure([&] { connector.read(statement, {}, nullptr); }));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
        loops_.endBatch();
    }

    void cutsLongReadsOnAWorker() {
        options_.statementTimeout = std::chrono::milliseconds(50);
        SqliteConnector& connector = open();
        const std::uint32_t statement = connector.statement(endless);
        const DatabaseError error = failure([&] { connector.read(statement, {}, nullptr); });
        assertKind(Kind::failed, error);
        assertContains("after 50 ms", error.what());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
    }

    void cutsLongWrites() {
        options_.statementTimeout = std::chrono::milliseconds(50);
        SqliteConnector& connector = open();
        const std::uint32_t statement = connector.statement(
            "INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n");
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
        other->statement("INSERT INTO numbers (value, word) VALUES (?, ?)");
        CPPUNIT_ASSERT(!changed());
        for (int i = 0; i < 10; ++i) {
            CPPUNIT_ASSERT(insert(connector, 2 * i));
            CPPUNIT_ASSERT(changed());
            CPPUNIT_ASSERT(insert(*other, 2 * i + 1));
            CPPUNIT_ASSERT(changed());
            readInteger(connector, count_);
            CPPUNIT_ASSERT(!changed());
        }
        assertKind(Kind::conflict, failure([&] { insert(connector, 1); }));
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

    void followsASchemaThatGrows() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        const std::uint32_t all = connector.statement("SELECT * FROM numbers");
        const auto columns = [&] {
            std::size_t count = 0;
            Rows rows([&](std::span<const SqlValue> row) {
                count = row.size();
                return true;
            });
            connector.read(all, {}, &rows);
            return count;
        };
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, columns());
        const Migration both[] = {schema,
                                  {"tests", "0002-more", "ALTER TABLE numbers ADD COLUMN more TEXT DEFAULT 'x'"}};
        connector.migrate(both);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, columns());
    }

    void closesWhileABatchIsOpen() {
        SqliteConnector& connector = open();
        std::promise<void> read;
        std::promise<void> proceed;
        auto loop = std::async(std::launch::async, [&] {
            loops_.become(1);
            readInteger(connector, count_);
            read.set_value();
            proceed.get_future().wait();
            loops_.endBatch();
            loops_.become(0);
        });
        read.get_future().wait();
        CPPUNIT_ASSERT(!connector.close(std::chrono::milliseconds(10)));
        proceed.set_value();
        CPPUNIT_ASSERT(connector.close(std::chrono::seconds(10)));
        loop.get();
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
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteConnectorTest);

} // namespace mortise::database
