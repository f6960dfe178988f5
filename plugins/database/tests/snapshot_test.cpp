// SPDX-License-Identifier: Apache-2.0
// Snapshots of SQLite, on workers and on event loops.
#include "connector_fixture.hpp"

#include <chrono>
#include <future>
#include <stdexcept>

namespace mortise::database {

class SnapshotTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SnapshotTest);
    CPPUNIT_TEST(readsOneState);
    CPPUNIT_TEST(beginsWithWhatWasAcknowledged);
    CPPUNIT_TEST(joinsTheOneAround);
    CPPUNIT_TEST(leavesNothingWhenTheBodyThrows);
    CPPUNIT_TEST(beginsNoTransaction);
    CPPUNIT_TEST(showsNothingOfTheTransactionAround);
    CPPUNIT_TEST(ofItsRequestATransactionIsRead);
    CPPUNIT_TEST(registersStatementsWithoutAnotherReader);
    CPPUNIT_TEST(waitsForAReaderWithinBounds);
    CPPUNIT_TEST(isOfItsThread);
    CPPUNIT_TEST(runsOnLoopsWhereReadsDo);
    CPPUNIT_TEST_SUITE_END();

    class Hurried final : public Caller {
    public:
        std::chrono::milliseconds timeLeft() const override { return std::chrono::milliseconds(5); }
    };

    void insertElsewhere(std::int64_t value) {
        std::async(std::launch::async, [&] { CPPUNIT_ASSERT(insert(*connector_, value)); }).get();
    }
    std::int64_t countNow() { return readInteger(*connector_, count_); }

    void readsOneStateOn(SqliteConnector& connector) {
        const std::int64_t before = countNow();
        CPPUNIT_ASSERT(connector.snapshot(Caller(), [&] {
            CPPUNIT_ASSERT_EQUAL(before, countNow());
            const std::uint64_t version = connector.dataVersion();
            insertElsewhere(before);
            CPPUNIT_ASSERT_EQUAL(before, countNow());
            CPPUNIT_ASSERT_EQUAL(version, connector.dataVersion());
        }));
        CPPUNIT_ASSERT_EQUAL(before + 1, countNow());
    }

    void readsOneState() {
        SqliteConnector& connector = open();
        for (int i = 0; i < 3; ++i) readsOneStateOn(connector);
    }

    void beginsWithWhatWasAcknowledged() {
        SqliteConnector& connector = open();
        for (std::int64_t i = 0; i < 20; ++i) {
            connector.snapshot(Caller(), [&] { CPPUNIT_ASSERT_EQUAL(i, countNow()); });
            insertElsewhere(i);
        }
    }

    void joinsTheOneAround() {
        options_.readers = 1;
        SqliteConnector& connector = open();
        connector.snapshot(Caller(), [&] {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow());
            insertElsewhere(1);
            CPPUNIT_ASSERT(connector.snapshot(Caller(), [&] { CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow()); }));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow());
        });
    }

    void leavesNothingWhenTheBodyThrows() {
        options_.readers = 1;
        SqliteConnector& connector = open();
        const auto snapshot = [&] {
            connector.snapshot(Caller(), [&] {
                countNow();
                throw std::runtime_error("from the body");
            });
        };
        for (std::int64_t i = 0; i < 3; ++i) {
            CPPUNIT_ASSERT_THROW(snapshot(), std::runtime_error);
            insertElsewhere(i);
            CPPUNIT_ASSERT_EQUAL(i + 1, countNow());
            CPPUNIT_ASSERT(insert(connector, 100 + i)); // a transaction begins again
            CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
                transaction.execute(connector.statement(sql("DELETE FROM numbers WHERE value >= 100")), {}, nullptr);
                return true;
            }));
        }
    }

    void beginsNoTransaction() {
        SqliteConnector& connector = open();
        connector.snapshot(Caller(), [&] {
            const DatabaseError error = failure([&] { insert(connector, 1); });
            assertKind(Kind::invalid, error);
            assertContains("inside of a snapshot", error.what());
        });
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    void showsNothingOfTheTransactionAround() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
            const std::vector<SqlValue> parameters{integer(1), {}};
            transaction.execute(insert_, parameters, nullptr);
            connector.snapshot(Caller(), [&] { CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow()); });
            return true;
        }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, countNow());
    }

    void ofItsRequestATransactionIsRead() {
        SqliteConnector& connector = open();
        const auto countFor = [&](std::uint64_t turn) {
            return readInteger(connector, count_, {}, RequestCaller(turn));
        };
        Body body([&](Transaction& transaction) {
            const std::vector<SqlValue> parameters{integer(1), {}};
            transaction.execute(insert_, parameters, nullptr);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, countFor(7));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countFor(8)); // another request's is beside it
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow());
            std::async(std::launch::async, [&] { CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countFor(7)); }).get();
            connector.snapshot(RequestCaller(7), [&] { CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countFor(7)); });
            assertKind(Kind::invalid, failure([&] { connector.read(insert_, parameters, nullptr, RequestCaller(7)); }));
            return true;
        });
        CPPUNIT_ASSERT(connector.transact(body.ofRequest(7)));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, countFor(7));
    }

    void registersStatementsWithoutAnotherReader() {
        options_.readers = 1;
        options_.readWait = std::chrono::milliseconds(1);
        SqliteConnector& connector = open();
        connector.snapshot(Caller(), [&] {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, readInteger(connector, connector.statement(sql("SELECT 3"))));
            assertKind(Kind::failed, failure([&] { connector.statement(sql("SELEC")); }));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow());
        });
    }

    void waitsForAReaderWithinBounds() {
        options_.readers = 1;
        options_.readWait = std::chrono::hours(1);
        SqliteConnector& connector = open();
        connector.snapshot(Caller(), [&] {
            std::async(std::launch::async, [&] {
                assertKind(Kind::busy,
                           failure([&] { connector.snapshot(Hurried(), [] { CPPUNIT_FAIL("there is no reader"); }); }));
            }).get();
        });
    }

    void isOfItsThread() {
        SqliteConnector& connector = open();
        connector.snapshot(Caller(), [&] {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, countNow());
            insertElsewhere(1);
            std::async(std::launch::async, [&] { CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, countNow()); }).get();
        });
    }

    void runsOnLoopsWhereReadsDo() {
        SqliteConnector& connector = open();
        loops_.become(1);
        for (int i = 0; i < 3; ++i) readsOneStateOn(connector);
        const auto throwing = [&] { connector.snapshot(Caller(), [] { throw std::runtime_error("from the body"); }); };
        CPPUNIT_ASSERT_THROW(throwing(), std::runtime_error);
        connector.snapshot(Caller(), [&] {
            const std::int64_t before = countNow();
            insertElsewhere(before);
            CPPUNIT_ASSERT(connector.snapshot(Caller(), [&] { CPPUNIT_ASSERT_EQUAL(before, countNow()); }));
            CPPUNIT_ASSERT_EQUAL(before, countNow());
            Rows rows([&](std::span<const SqlValue>) {
                assertKind(Kind::invalid, failure([&] { connector.snapshot(Caller(), [] {}); }));
                return true;
            });
            connector.read(count_, {}, &rows);
        });
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loops_.endBatch());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, countNow());
        loops_.endBatch();
        loops_.become(0);
        connector_.reset();
        options_.readsOnLoop = false;
        SqliteConnector& other = open();
        loops_.become(1);
        assertKind(Kind::busy, failure([&] { other.snapshot(Caller(), [] { CPPUNIT_FAIL("it ran"); }); }));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SnapshotTest);

} // namespace mortise::database
