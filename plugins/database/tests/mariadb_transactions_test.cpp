// SPDX-License-Identifier: Apache-2.0
#include "mariadb_fixture.hpp"

#include <future>
#include <thread>

namespace mortise::database {

class MariadbTransactionsTest : public MariadbFixture {
    CPPUNIT_TEST_SUITE(MariadbTransactionsTest);
    CPPUNIT_TEST(commits);
    CPPUNIT_TEST(rollsBack);
    CPPUNIT_TEST(runsAgainAfterADeadlock);
    CPPUNIT_TEST(runsAgainAfterADeadlockAtItsCommit);
    CPPUNIT_TEST(givesUpAfterThreeRuns);
    CPPUNIT_TEST(keepsNothingOfABodyThatGoesOn);
    CPPUNIT_TEST(runsAgainOnAnotherConnection);
    CPPUNIT_TEST(neverRepeatsACommitThatWasLost);
    CPPUNIT_TEST(doesNotRunAgainWhatWasLate);
    CPPUNIT_TEST(endsWithTheRequest);
    CPPUNIT_TEST(asksBeforeItCommits);
    CPPUNIT_TEST(joinsBodiesInside);
    CPPUNIT_TEST(runsTheOutermostBodyAgain);
    CPPUNIT_TEST(knowsItsThread);
    CPPUNIT_TEST(readsBesideATransaction);
    CPPUNIT_TEST(readsWithinThatOfItsRequest);
    CPPUNIT_TEST(keepsAConnectionForReads);
    CPPUNIT_TEST(closesWhatItCannotRollBack);
    CPPUNIT_TEST_SUITE_END();

    static std::vector<std::string> lines(std::initializer_list<const char*> list) {
        return {list.begin(), list.end()};
    }
    std::vector<std::string> saidSince(std::size_t begin) const {
        const std::vector<std::string> all = driver_.said();
        return {all.begin() + static_cast<std::ptrdiff_t>(begin), all.end()};
    }
    bool insertOne(MariadbConnector& connector) {
        return transact(connector, [&](auto& transaction) {
            insert(transaction);
            return true;
        });
    }

public:
    void commits() {
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(insertOne(connector));
        CPPUNIT_ASSERT(saidSince(0) ==
                       lines({"1: START TRANSACTION", "1: INSERT INTO numbers VALUES (?)", "1: COMMIT"}));
        CPPUNIT_ASSERT_EQUAL(1, driver_.connects());
    }
    void rollsBack() {
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(!transact(connector, [](auto&) { return false; }));
        CPPUNIT_ASSERT_THROW(transact(connector, [](auto&) -> bool { throw std::runtime_error("x"); }),
                             std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, driver_.count("1: ROLLBACK"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, driver_.count("1: COMMIT"));
        CPPUNIT_ASSERT(connector.currentTransaction() == nullptr);
    }
    void runsAgainAfterADeadlock() {
        for (const std::uint32_t code : {1213u, 1205u, 1020u}) {
            MariadbConnector& connector = open();
            fail("INSERT INTO numbers VALUES (?)", {code});
            int runs = 0;
            CPPUNIT_ASSERT(transact(connector, [&](auto& transaction) {
                ++runs;
                insert(transaction);
                return true;
            }));
            CPPUNIT_ASSERT_EQUAL(2, runs);
            connector_.reset();
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{3},
                             driver_.count("1: COMMIT") + driver_.count("2: COMMIT") + driver_.count("3: COMMIT"));
    }
    void runsAgainAfterADeadlockAtItsCommit() {
        MariadbConnector& connector = open();
        fail("COMMIT", {1213});
        int claims = 0;
        CPPUNIT_ASSERT(transact(
            connector,
            [&](auto& transaction) {
                insert(transaction);
                return true;
            },
            [&] { return ++claims != 0; }));
        CPPUNIT_ASSERT_EQUAL(2, claims);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, driver_.count("1: COMMIT"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("1: ROLLBACK"));
    }
    void givesUpAfterThreeRuns() {
        MariadbConnector& connector = open();
        fail("INSERT INTO numbers VALUES (?)", {1213}, 100);
        int runs = 0;
        assertKind(Kind::deadlock, failure([&] {
                       transact(connector, [&](auto& transaction) {
                           ++runs;
                           insert(transaction);
                           return true;
                       });
                   }));
        CPPUNIT_ASSERT_EQUAL(3, runs);
    }
    void keepsNothingOfABodyThatGoesOn() {
        MariadbConnector& connector = open();
        fail("INSERT INTO numbers VALUES (?)", {1213}, 100);
        assertKind(Kind::deadlock, failure([&] {
                       transact(connector, [&](auto& transaction) {
                           assertKind(Kind::deadlock, failure([&] { insert(transaction); }));
                           driver_.onStatement = nullptr;
                           assertKind(Kind::deadlock, failure([&] { insert(transaction); }));
                           fail("INSERT INTO numbers VALUES (?)", {1213}, 100);
                           return true;
                       });
                   }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, driver_.count("1: COMMIT"));
    }
    void runsAgainOnAnotherConnection() {
        for (const char* const place : {"START TRANSACTION", "INSERT INTO numbers VALUES (?)"}) {
            MariadbConnector& connector = open();
            const int before = driver_.connects();
            fail(place, {2013, true});
            CPPUNIT_ASSERT(insertOne(connector));
            CPPUNIT_ASSERT_EQUAL(before + 1, driver_.connects());
            connector_.reset();
        }
    }
    void neverRepeatsACommitThatWasLost() {
        for (const bool late : {false, true}) {
            MariadbConnector& connector = open();
            fail("COMMIT", {2013, true, late});
            int runs = 0;
            assertKind(Kind::unknownOutcome, failure([&] {
                           transact(connector, [&](auto& transaction) {
                               ++runs;
                               insert(transaction);
                               return true;
                           });
                       }));
            CPPUNIT_ASSERT_EQUAL(1, runs);
            connector_.reset();
        }
    }
    void doesNotRunAgainWhatWasLate() {
        MariadbConnector& connector = open();
        fail("INSERT INTO numbers VALUES (?)", {2013, true, true});
        assertKind(Kind::busy, failure([&] { insertOne(connector); }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, driver_.count("1: ROLLBACK")); // it is not used any more
        CPPUNIT_ASSERT(insertOne(connector));
        CPPUNIT_ASSERT_EQUAL(2, driver_.connects());
    }
    void endsWithTheRequest() {
        MariadbConnector& connector = open();
        std::chrono::milliseconds left{40};
        Body body([&](auto& transaction) {
            insert(transaction);
            left = std::chrono::milliseconds(0);
            assertKind(Kind::busy, failure([&] { insert(transaction); }));
            return true;
        });
        body.within([&] { return left; });
        assertKind(Kind::busy, failure([&] { connector.transact(body); }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("1: INSERT INTO numbers VALUES (?)"));
        CPPUNIT_ASSERT_EQUAL(40u, driver_.limits().at(1)); // of the statement
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("1: ROLLBACK"));
        Body none([](auto&) { return true; });
        none.within([] { return std::chrono::milliseconds(0); });
        assertKind(Kind::busy, failure([&] { connector.transact(none); }));
    }
    void asksBeforeItCommits() {
        MariadbConnector& connector = open();
        assertKind(Kind::stale, failure([&] {
                       transact(
                           connector, [](auto&) { return true; }, [] { return false; });
                   }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("1: ROLLBACK"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, driver_.count("1: COMMIT"));
    }
    void joinsBodiesInside() {
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(transact(connector, [&](auto&) {
            CPPUNIT_ASSERT(transact(connector, [&](auto& inner) {
                insert(inner);
                CPPUNIT_ASSERT(!transact(connector, [](auto&) { return false; }));
                return true;
            }));
            CPPUNIT_ASSERT_THROW(transact(connector, [](auto&) -> bool { throw std::runtime_error("x"); }),
                                 std::runtime_error);
            return true;
        }));
        CPPUNIT_ASSERT(saidSince(0) ==
                       lines({"1: START TRANSACTION", "1: SAVEPOINT part1", "1: INSERT INTO numbers VALUES (?)",
                              "1: SAVEPOINT part2", "1: ROLLBACK TO SAVEPOINT part2", "1: RELEASE SAVEPOINT part2",
                              "1: RELEASE SAVEPOINT part1", "1: SAVEPOINT part1", "1: ROLLBACK TO SAVEPOINT part1",
                              "1: RELEASE SAVEPOINT part1", "1: COMMIT"}));
    }
    void runsTheOutermostBodyAgain() {
        MariadbConnector& connector = open();
        fail("INSERT INTO numbers VALUES (?)", {1213});
        int outer = 0;
        int inner = 0;
        CPPUNIT_ASSERT(transact(connector, [&](auto&) {
            ++outer;
            return transact(connector, [&](auto& transaction) {
                ++inner;
                insert(transaction);
                return true;
            });
        }));
        CPPUNIT_ASSERT_EQUAL(2, outer);
        CPPUNIT_ASSERT_EQUAL(2, inner);
    }
    void knowsItsThread() {
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(connector.currentTransaction() == nullptr);
        CPPUNIT_ASSERT(transact(connector, [&](auto& transaction) {
            CPPUNIT_ASSERT(connector.currentTransaction() == &transaction);
            std::async(std::launch::async, [&] { CPPUNIT_ASSERT(connector.currentTransaction() == nullptr); }).get();
            return true;
        }));
    }
    void readsBesideATransaction() {
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(transact(connector, [&](auto&) {
            connector.read(select_, {}, nullptr);
            return true;
        }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("2: SELECT 1"));
    }
    void readsWithinThatOfItsRequest() {
        MariadbConnector& connector = open();
        Body body([&](auto&) {
            connector.read(select_, {}, nullptr, RequestCaller(7));
            return true;
        });
        CPPUNIT_ASSERT(connector.transact(body.ofRequest(7)));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, driver_.count("1: SELECT 1"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, driver_.count("2: SELECT 1"));
    }
    // Else reads inside of bodies would wait for each other.
    void keepsAConnectionForReads() {
        options_.server.connectionLimit = 2;
        options_.server.poolTimeout = std::chrono::milliseconds(20);
        MariadbConnector& connector = open();
        CPPUNIT_ASSERT(transact(connector, [&](auto&) {
            std::async(std::launch::async, [&] {
                assertKind(Kind::busy, failure([&] { transact(connector, [](auto&) { return true; }); }));
            }).get();
            connector.read(select_, {}, nullptr);
            return true;
        }));
    }
    void closesWhatItCannotRollBack() {
        MariadbConnector& connector = open();
        fail("ROLLBACK", {1105});
        CPPUNIT_ASSERT(!transact(connector, [](auto&) { return false; }));
        CPPUNIT_ASSERT_EQUAL(0, driver_.open());
        CPPUNIT_ASSERT(insertOne(connector));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MariadbTransactionsTest);

} // namespace mortise::database
