// SPDX-License-Identifier: Apache-2.0
#include "writer_fixture.hpp"

#include <optional>
#include <utility>

namespace mortise::database {

// Bodies that run again.
class WriterRetriesTest : public WriterFixture {
    CPPUNIT_TEST_SUITE(WriterRetriesTest);
    CPPUNIT_TEST(triesAgainWhatOthersBroke);
    CPPUNIT_TEST(asksAgainWhenItTriesAgain);
    CPPUNIT_TEST(isNotRunAgainPastTheDeadline);
    CPPUNIT_TEST(runsAgainWhatTheDatabaseGaveUp);
    CPPUNIT_TEST(runsAgainAloneWhatSharedATransaction);
    CPPUNIT_TEST(failsAfterThreeRuns);
    CPPUNIT_TEST(runsAgainWhateverNestedBodiesMakeOfIt);
    CPPUNIT_TEST(tellsTheOuterBodyWhateverTheNestedOneSays);
    CPPUNIT_TEST(runsAgainWhereTheFileIsLocked);
    CPPUNIT_TEST(runsAgainWithoutCompany);
    CPPUNIT_TEST(pausesBeforeItRunsAgain);
    CPPUNIT_TEST(waitsForALockNoLongerThanTheRequest);
    CPPUNIT_TEST_SUITE_END();

    // "OR ROLLBACK" undoes the whole shared transaction: only its author may notice.
    void triesAgainWhatOthersBroke() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement(sql("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)"));
        std::atomic<int> acknowledged{0};
        inThreads(threads, [&](int thread) {
            for (int i = 0; i < each; ++i) {
                if (thread % 2 == 0) {
                    breakTransaction(connector, rude);
                } else if (insert(connector, thread * each + i)) {
                    ++acknowledged;
                }
            }
        });
        CPPUNIT_ASSERT_EQUAL(threads / 2 * each, acknowledged.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{acknowledged} + 1, readInteger(connector, count_));
    }

    // A member whose transaction another one broke is asked for each attempt, and keeps what it was granted.
    void asksAgainWhenItTriesAgain() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement(sql("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)"));
        std::atomic<int> attempts{0};
        std::atomic<int> claims{0};
        inThreads(threads, [&](int thread) {
            for (int i = 0; i < each; ++i) {
                if (thread % 2 == 0) {
                    breakTransaction(connector, rude);
                    continue;
                }
                CPPUNIT_ASSERT(transact(
                    connector,
                    [&](Transaction& transaction) {
                        const std::vector<SqlValue> parameters{integer(thread * each + i), text("word")};
                        const bool stored = transaction.execute(insert_, parameters, nullptr) == 1;
                        ++attempts;
                        return stored;
                    },
                    [&] {
                        ++claims;
                        return true;
                    }));
            }
        });
        CPPUNIT_ASSERT_EQUAL(attempts.load(), claims.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{threads / 2 * each + 1}, readInteger(connector, count_));
    }

    // Members that were granted their commit, whose transaction another one broke, and whose time is over then.
    void isNotRunAgainPastTheDeadline() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement(sql("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)"));
        std::atomic<int> next{0};
        std::atomic<int> stored{0};
        std::atomic<int> refused{0};
        for (int round = 0; round < 50 && refused == 0; ++round) {
            inThreads(threads, [&](int thread) {
                for (int i = 0; i < each; ++i) {
                    if (thread % 2 == 0) {
                        breakTransaction(connector, rude);
                        continue;
                    }
                    int runs = 0;
                    Body body([&, value = next++](Transaction& transaction) {
                        const std::vector<SqlValue> parameters{integer(value), text("word")};
                        ++runs;
                        return transaction.execute(insert_, parameters, nullptr) == 1;
                    });
                    body.within([&runs] {
                        return runs == 0 ? std::chrono::milliseconds::max() : std::chrono::milliseconds(0);
                    });
                    try {
                        CPPUNIT_ASSERT(connector.transact(body));
                        ++stored;
                    } catch (const DatabaseError& error) {
                        assertKind(Kind::busy, error);
                        assertContains("could be run again", error.what());
                        ++refused;
                    }
                    CPPUNIT_ASSERT_EQUAL(1, runs);
                }
            });
        }
        CPPUNIT_ASSERT(refused > 0);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{stored + 1}, readInteger(connector, count_));
    }

    void runsAgainWhatTheDatabaseGaveUp() {
        const Functions gives(1);
        SqliteConnector& connector = open();
        const std::uint32_t luckless = connector.statement(sql("INSERT INTO numbers SELECT 7, give_up()"));
        int runs = 0;
        int claims = 0;
        CPPUNIT_ASSERT(transact(
            connector,
            [&](Transaction& transaction) {
                ++runs;
                CPPUNIT_ASSERT(insert(connector, runs));
                return transaction.execute(luckless, {}, nullptr) == 1;
            },
            [&] { return ++claims > 0; }));
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT_EQUAL(1, claims); // of the run that is stored
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, readInteger(connector, count_));
    }

    // The others commit what they share with the one that is given up.
    void runsAgainAloneWhatSharedATransaction() {
        Functions functions(0);
        SqliteConnector& connector = open();
        const std::uint32_t luckless = connector.statement(sql("SELECT give_up()"));
        inThreads(threads, [&](int thread) {
            for (int i = 0; i < each / 4; ++i) {
                int runs = 0;
                CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
                    if (++runs == 1 && i % 2 == 0) functions.failAgain(1); // nobody else is in a turn
                    const bool stored = insert(connector, thread * each + i);
                    transaction.execute(luckless, {}, nullptr);
                    return stored;
                }));
                CPPUNIT_ASSERT_EQUAL(i % 2 == 0 ? 2 : 1, runs);
            }
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{threads * each / 4}, readInteger(connector, count_));
    }

    void failsAfterThreeRuns() {
        const Functions gives(100);
        SqliteConnector& connector = open();
        const std::uint32_t luckless = connector.statement(sql("SELECT give_up()"));
        int runs = 0;
        const auto body = [&](Transaction& transaction) {
            ++runs;
            transaction.execute(luckless, {}, nullptr);
            return true;
        };
        assertKind(Kind::deadlock, failure([&] { transact(connector, body); }));
        CPPUNIT_ASSERT_EQUAL(3, runs);
        Body late(body);
        late.within([&] { return std::chrono::milliseconds(runs < 5 ? 1000 : 0); });
        assertKind(Kind::busy, failure([&] { connector.transact(late); }));
        CPPUNIT_ASSERT_EQUAL(5, runs); // its time was over
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    // What `call` fails with. Nothing may be asserted in a run that is given up: what it throws is not what comes out.
    template<class Call>
    static std::optional<Kind> kindOf(Call&& call) {
        try {
            std::forward<Call>(call)();
        } catch (const DatabaseError& error) {
            return error.kind();
        }
        return std::nullopt;
    }
    using Kinds = std::vector<std::optional<Kind>>;

    // A nested body that fails is not run again alone, and one that goes on does not save the transaction.
    void runsAgainWhateverNestedBodiesMakeOfIt() {
        for (const bool nested : {false, true}) {
            const Functions gives(1);
            SqliteConnector& connector = open();
            const std::uint32_t luckless = connector.statement(sql("SELECT give_up()"));
            int runs = 0;
            Kinds seen;
            const auto swallow = [&](Transaction& transaction) {
                seen.push_back(kindOf([&] { transaction.execute(luckless, {}, nullptr); }));
                if (runs == 1) seen.push_back(kindOf([&] { insert(connector, 500); }));
                return true;
            };
            CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
                ++runs;
                CPPUNIT_ASSERT(insert(connector, runs));
                if (!nested) return swallow(transaction);
                seen.push_back(kindOf([&] { transact(connector, swallow); }));
                return true;
            }));
            CPPUNIT_ASSERT_EQUAL(2, runs);
            if (nested)
                CPPUNIT_ASSERT((seen == Kinds{Kind::deadlock, Kind::deadlock, Kind::deadlock, {}, {}}));
            else
                CPPUNIT_ASSERT((seen == Kinds{Kind::deadlock, Kind::deadlock, {}}));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, readInteger(connector, count_));
            tearDown();
            setUp();
        }
    }

    void tellsTheOuterBodyWhateverTheNestedOneSays() {
        const Functions gives(1);
        SqliteConnector& connector = open();
        const std::uint32_t luckless = connector.statement(sql("SELECT give_up()"));
        Kinds seen;
        CPPUNIT_ASSERT(transact(connector, [&](Transaction&) {
            seen.push_back(kindOf([&] {
                transact(connector, [&](Transaction& transaction) {
                    kindOf([&] { transaction.execute(luckless, {}, nullptr); });
                    return false; // of its own
                });
            }));
            return true;
        }));
        CPPUNIT_ASSERT((seen == Kinds{Kind::deadlock, {}}));
    }

    // By another process, for longer than one wait.
    void runsAgainWhereTheFileIsLocked() {
        options_.busyTimeout = std::chrono::milliseconds(5);
        SqliteConnector& connector = open();
        const auto other = another();
        Holding holding(*other);
        int runs = 0;
        int asked = 0;
        Body body([&](Transaction&) {
            ++runs;
            return true;
        });
        body.within([&] {
            // Before the first run and around the wait for the second.
            if (++asked == 3) CPPUNIT_ASSERT(holding.end());
            return std::chrono::milliseconds(60000);
        });
        CPPUNIT_ASSERT(connector.transact(body));
        CPPUNIT_ASSERT_EQUAL(1, runs);
        Holding again(*other);
        assertKind(Kind::busy, failure([&] { insert(connector, 1); }));
        CPPUNIT_ASSERT(again.end());
    }

    // Another's body may have ended the shared transaction, and would again.
    void runsAgainWithoutCompany() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement(sql("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)"));
        const std::uint32_t alone = connector.statement(sql("SELECT count(*) FROM numbers WHERE word = 'alone'"));
        std::atomic<int> next{0};
        std::atomic<int> again{0};
        for (int round = 0; round < 50 && again == 0; ++round) {
            inThreads(threads, [&](int thread) {
                for (int i = 0; i < each; ++i) {
                    if (thread % 2 == 0) {
                        breakTransaction(connector, rude);
                        continue;
                    }
                    int runs = 0;
                    const int value = next++;
                    CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
                        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, uncommitted(connector, transaction, alone));
                        if (++runs > 1) {
                            ++again;
                            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, uncommitted(connector, transaction, count_));
                        }
                        const std::vector<SqlValue> parameters{integer(value), text(runs > 1 ? "alone" : "shared")};
                        return transaction.execute(insert_, parameters, nullptr) == 1;
                    }));
                }
            });
        }
        CPPUNIT_ASSERT(again > 0);
    }

    void pausesBeforeItRunsAgain() {
        const Functions gives(2);
        SqliteConnector& connector = open();
        const std::uint32_t luckless = connector.statement(sql("SELECT give_up()"));
        std::vector<std::chrono::steady_clock::time_point> runs;
        CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
            runs.push_back(std::chrono::steady_clock::now());
            transaction.execute(luckless, {}, nullptr);
            return true;
        }));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, runs.size());
        for (const std::size_t i : {1u, 2u}) CPPUNIT_ASSERT(runs[i] - runs[i - 1] >= std::chrono::milliseconds(1));
    }

    // Of another process; and the next one waits as long as ever.
    void waitsForALockNoLongerThanTheRequest() {
        options_.busyTimeout = std::chrono::seconds(60);
        SqliteConnector& connector = open();
        const auto other = another();
        Holding holding(*other);
        Body body([&](Transaction&) { return true; });
        const auto began = std::chrono::steady_clock::now();
        body.within([&] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(began + std::chrono::milliseconds(20) -
                                                                         std::chrono::steady_clock::now());
        });
        assertKind(Kind::busy, failure([&] { connector.transact(body); }));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < std::chrono::seconds(30));
        auto next = std::async(std::launch::async, [&] { return insert(connector, 1); });
        CPPUNIT_ASSERT(next.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
        CPPUNIT_ASSERT(holding.end());
        CPPUNIT_ASSERT(next.get());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriterRetriesTest);

} // namespace mortise::database
