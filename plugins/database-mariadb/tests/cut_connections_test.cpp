// SPDX-License-Identifier: Apache-2.0
#include "driver_fixture.hpp"

#include "tests/support/cutting_proxy.hpp"
#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <optional>

namespace mortise::mariadb {

// A network that fails on the way.
class CutConnectionsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CutConnectionsTest);
    CPPUNIT_TEST(testCutAnywhere);
    CPPUNIT_TEST(testCommitWhoseReplyIsLost);
    CPPUNIT_TEST(testCommitThatIsLost);
    CPPUNIT_TEST(testCutWithinAParameter);
    CPPUNIT_TEST_SUITE_END();

public:
    // After each byte that the server sends in turn: of its greeting, of what it says of a statement, of rows. And the
    // same once more where it is the deadline that ends it.
    void testCutAnywhere() {
        std::size_t size = 0;
        for (;; ++size) {
            proxy_.cutAfter(size);
            const std::optional<DriverError> error = failureOfReading(soon());
            if (!error) break;
            const std::string what = std::to_string(size) + " bytes: " + error->what();
            CPPUNIT_ASSERT_MESSAGE(what, error->lost());
            CPPUNIT_ASSERT_MESSAGE(what, !error->late());
            CPPUNIT_ASSERT_MESSAGE(what, error->code() == 2013 || error->code() == 2012);
        }
        CPPUNIT_ASSERT(size > 300);
        for (std::size_t count = 0; count < size; count += size / 12) {
            proxy_.stallAfter(count);
            isLate([&] {
                if (const auto error = failureOfReading(Deadline(shortly))) throw *error;
            });
            proxy_.forward();
        }
        CPPUNIT_ASSERT(!failureOfReading(soon()));
    }

    void testCommitWhoseReplyIsLost() {
        const DriverError error = commit([&] { proxy_.cutReply("COMMIT"); });
        CPPUNIT_ASSERT_EQUAL(2013u, error.code());
        CPPUNIT_ASSERT(error.lost() && !error.late());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, query(direct_, "SELECT 1 FROM committed").size());
    }

    // As far as the caller can know it is the same.
    void testCommitThatIsLost() {
        const DriverError error = commit([&] { proxy_.cutAt("COMMIT"); });
        CPPUNIT_ASSERT_EQUAL(2013u, error.code());
        CPPUNIT_ASSERT(error.lost() && !error.late());
        CPPUNIT_ASSERT(query(direct_, "SELECT 1 FROM committed").empty());
    }

    void testCutWithinAParameter() {
        Session session(throughProxy(), soon());
        Statement statement(session, "SELECT LENGTH(?)", soon());
        proxy_.cutRequestAfter(1'000'000);
        const DriverError error = errorOf([&] { execute(statement, {Kept::of(std::string(10'000'000, 'x'))}); });
        CPPUNIT_ASSERT(error.lost() && !error.late());
        isOver(session);
    }

private:
    ServerAddress throughProxy() {
        ServerAddress address = byPort();
        address.port = proxy_.port();
        return address;
    }

    // None: all three rows were read.
    std::optional<DriverError> failureOfReading(const Deadline& deadline) {
        const KeptRow wanted{Kept::of(std::int64_t{7}), Kept::of("text")};
        KeptRows kept;
        std::optional<DriverError> failure;
        try {
            const auto session = attempts_.connect(throughProxy(), deadline);
            Statement statement(*session, "SELECT 7, 'text' FROM seq_1_to_3", deadline);
            try {
                statement.execute(deadline, kept.sink());
            } catch (const DriverError& error) {
                failure = error;
                isOver(*session);
            }
        } catch (const DriverError& error) {
            failure = error;
        }
        // What was shown is true.
        CPPUNIT_ASSERT(
            std::all_of(kept.rows.begin(), kept.rows.end(), [&](const KeptRow& row) { return row == wanted; }));
        CPPUNIT_ASSERT(failure || kept.rows.size() == 3);
        return failure;
    }

    template<class Fail>
    DriverError commit(Fail&& fail) {
        run(direct_, "CREATE OR REPLACE TABLE committed (id INT PRIMARY KEY)");
        Session session(throughProxy(), soon());
        run(session, "START TRANSACTION");
        run(session, "INSERT INTO committed VALUES (1)");
        fail();
        const DriverError error = errorOf([&] { run(session, "COMMIT"); });
        proxy_.waitForCuts(1);
        isOver(session);
        // The server has noticed, too: it holds no lock any more.
        CPPUNIT_ASSERT(tests::eventually([&] { return isUnlocked(); }));
        return error;
    }

    // information_schema.innodb_trx does not say it: it shows what it did while it is asked ten times a second.
    bool isUnlocked() {
        try {
            query(direct_, "SELECT id FROM committed FOR UPDATE NOWAIT");
            return true;
        } catch (const DriverError&) {
            return false;
        }
    }

    tests::CuttingProxy proxy_{PYTHON, CUTTING_PROXY, sharedServer().port()};
    Session direct_{bySocket(), soon()};
    ConnectAttempts attempts_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(CutConnectionsTest);

} // namespace mortise::mariadb
