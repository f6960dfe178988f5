// SPDX-License-Identifier: Apache-2.0
#include "mariadb_fixture.hpp"

#include <future>
#include <stdexcept>

namespace mortise::database {

class MariadbSnapshotTest : public MariadbFixture {
    CPPUNIT_TEST_SUITE(MariadbSnapshotTest);
    CPPUNIT_TEST(readsOnOneConnection);
    CPPUNIT_TEST(beginsNoTransaction);
    CPPUNIT_TEST(endsWithTheBody);
    CPPUNIT_TEST(beginsAgainWhereTheServerEnded);
    CPPUNIT_TEST(isNotReplacedOnceItBegan);
    CPPUNIT_TEST(leavesNoLevelBehind);
    CPPUNIT_TEST(closesWhatDoesNotEnd);
    CPPUNIT_TEST(keepsToTheDeadline);
    CPPUNIT_TEST_SUITE_END();

    class Timed final : public Caller {
    public:
        explicit Timed(std::chrono::milliseconds& left) : left_(left) {}
        std::chrono::milliseconds timeLeft() const override { return left_; }

    private:
        std::chrono::milliseconds& left_;
    };

    static constexpr const char* begin = "1: START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

public:
    void readsOnOneConnection() {
        options_.server.connectionLimit = 2;
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(connector.snapshot(Caller(), [&] {
            connector.read(select_, {}, nullptr);
            connector.snapshot(Caller(), [&] { connector.read(select_, {}, nullptr); });
            connector.statement(sql("SELECT 2"));
        }));
        connector.read(select_, {}, nullptr);
        std::string said;
        for (const std::string& one : driver_.said()) said += one + "\n";
        CPPUNIT_ASSERT_EQUAL(std::string(begin) + "\n1: SELECT 1\n1: SELECT 1\n1: COMMIT\n1: SELECT 1\n", said);
        CPPUNIT_ASSERT_EQUAL(1, driver_.connects());
        loops_.become(1);
        assertKind(Kind::busy, failure([&] { connector.snapshot(Caller(), [] { CPPUNIT_FAIL("it ran"); }); }));
    }
    void beginsNoTransaction() {
        MariadbConnector& connector = open();
        connector.snapshot(Caller(), [&] {
            assertKind(Kind::invalid, failure([&] { transact(connector, [](auto&) { return true; }); }));
        });
        CPPUNIT_ASSERT(transact(connector, [&](auto&) {
            connector.snapshot(Caller(), [&] { connector.read(select_, {}, nullptr); });
            return true;
        }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("2: SELECT 1")); // beside that of the transaction
    }
    void endsWithTheBody() {
        MariadbConnector& connector = open();
        const auto snapshot = [&] { connector.snapshot(Caller(), [] { throw std::runtime_error("from the body"); }); };
        for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_THROW(snapshot(), std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, driver_.count("1: COMMIT"));
        CPPUNIT_ASSERT_EQUAL(1, driver_.connects());
    }
    void beginsAgainWhereTheServerEnded() {
        MariadbConnector& connector = open();
        fail("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", {2006, true});
        bool ran = false;
        connector.snapshot(Caller(), [&] { ran = true; });
        CPPUNIT_ASSERT(ran);
        CPPUNIT_ASSERT_EQUAL(2, driver_.connects());
        fail("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", {2006, true}, 100);
        assertKind(Kind::lost, failure([&] { connector.snapshot(Caller(), [] { CPPUNIT_FAIL("it ran"); }); }));
    }
    void isNotReplacedOnceItBegan() {
        MariadbConnector& connector = open();
        fail("SELECT 1", {2006, true});
        connector.snapshot(Caller(), [&] {
            for (int i = 0; i < 2; ++i) assertKind(Kind::lost, failure([&] { connector.read(select_, {}, nullptr); }));
        });
        connector.read(select_, {}, nullptr);
        CPPUNIT_ASSERT_EQUAL(2, driver_.connects());
    }
    void leavesNoLevelBehind() {
        MariadbConnector& connector = open();
        fail("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", {1205});
        failure([&] { connector.snapshot(Caller(), [] { CPPUNIT_FAIL("it ran"); }); });
        CPPUNIT_ASSERT_EQUAL(0, driver_.open());
        CPPUNIT_ASSERT(transact(connector, [](auto&) { return true; }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("2: COMMIT"));
    }
    void closesWhatDoesNotEnd() {
        MariadbConnector& connector = open();
        fail("COMMIT", {1205});
        CPPUNIT_ASSERT(connector.snapshot(Caller(), [] {}));
        CPPUNIT_ASSERT_EQUAL(0, driver_.open());
    }
    void keepsToTheDeadline() {
        MariadbConnector& connector = open();
        std::chrono::milliseconds left{700};
        const Timed caller(left);
        connector.snapshot(caller, [&] {
            for (const std::uint32_t limit : driver_.limits()) CPPUNIT_ASSERT(limit <= 700);
            left = std::chrono::milliseconds(0);
            const std::size_t before = driver_.said().size();
            assertKind(Kind::busy, failure([&] { connector.read(select_, {}, nullptr, caller); }));
            CPPUNIT_ASSERT_EQUAL(before, driver_.said().size());
        });
        assertKind(Kind::busy, failure([&] { connector.snapshot(caller, [] { CPPUNIT_FAIL("it ran"); }); }));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MariadbSnapshotTest);

} // namespace mortise::database
