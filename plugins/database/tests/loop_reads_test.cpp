// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Data/Session.h>

#include <chrono>
#include <future>

namespace mortise::database {

// What runs on an event loop.
class LoopReadsTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(LoopReadsTest);
    CPPUNIT_TEST(refusesTransactionsOnALoop);
    CPPUNIT_TEST(sendsReadsAwayFromALoopWhereTheyAreOff);
    CPPUNIT_TEST(readsTheLastWriteWithinABatch);
    CPPUNIT_TEST(readsOneSnapshotUntilSomebodyCommits);
    CPPUNIT_TEST(endsTheSnapshotWithTheBatch);
    CPPUNIT_TEST(cutsLongReadsOnALoop);
    CPPUNIT_TEST(closesWhileABatchIsOpen);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                                                "i < 1000000000000) SELECT count(*) FROM n";

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
        std::async(std::launch::async, [&] {
            other->statement(sql("INSERT INTO numbers (value, word) VALUES (?, ?)"));
            CPPUNIT_ASSERT(insert(*other, 100));
        }).get();
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

    // While one is open the log cannot be started over.
    void endsTheSnapshotWithTheBatch() {
        using namespace Poco::Data::Keywords;
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        Poco::Data::Session other(
            Poco::AutoPtr<Poco::Data::SessionImpl>(new Poco::Data::SQLite::SessionImpl(options_.file.string(), 0)));
        const auto isInUse = [&] {
            int waits = 0;
            int busy = -1;
            other << "PRAGMA busy_timeout = 0", into(waits), now;
            other << "PRAGMA wal_checkpoint(TRUNCATE)", into(busy), now;
            return busy == 1;
        };
        loops_.become(1);
        readInteger(connector, count_);
        CPPUNIT_ASSERT(isInUse());
        readInteger(connector, count_);
        CPPUNIT_ASSERT(isInUse());
        loops_.endBatch();
        CPPUNIT_ASSERT(!isInUse());
        loops_.become(0);
        readInteger(connector, count_); // on a worker each stands alone
        CPPUNIT_ASSERT(!isInUse());
    }

    void cutsLongReadsOnALoop() {
        options_.loopReadLimit = std::chrono::milliseconds(20);
        SqliteConnector& connector = open();
        const std::uint32_t statement = connector.statement(sql(endless));
        loops_.become(1);
        const auto began = std::chrono::steady_clock::now();
        assertKind(Kind::busy, failure([&] { connector.read(statement, {}, nullptr); }));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
        loops_.endBatch();
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
};

CPPUNIT_TEST_SUITE_REGISTRATION(LoopReadsTest);

} // namespace mortise::database
