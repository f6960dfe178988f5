// SPDX-License-Identifier: Apache-2.0
#include "writer_fixture.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace mortise::database {

// Bodies that share a transaction, or one within another.
class WriterGroupsTest : public WriterFixture {
    CPPUNIT_TEST_SUITE(WriterGroupsTest);
    CPPUNIT_TEST(keepsEachTransactionWhole);
    CPPUNIT_TEST(joinsTheTransactionAround);
    CPPUNIT_TEST(storesARacedRowOnce);
    CPPUNIT_TEST(readersSeeWhatWasAcknowledged);
    CPPUNIT_TEST(asksBeforeItCommits);
    CPPUNIT_TEST(refusedClaimsAreRolledBackAlone);
    CPPUNIT_TEST(failsAKeyForItsOwnerAlone);
    CPPUNIT_TEST(boundsTheMembersOfAGroup);
    CPPUNIT_TEST(endsAGroupThatIsOld);
    CPPUNIT_TEST(letsNobodyOvertake);
    CPPUNIT_TEST(letsRequestsGoFirst);
    CPPUNIT_TEST(letsNoRequestWaitForBackground);
    CPPUNIT_TEST(starvesNoBackground);
    CPPUNIT_TEST_SUITE_END();

    void keepsEachTransactionWhole() {
        SqliteConnector& connector = open();
        const std::uint32_t odd = connector.statement(sql("SELECT count(*) FROM numbers WHERE word IS NOT NULL"));
        std::atomic<int> acknowledged{0};
        std::atomic<int> refused{0};
        inThreads(threads, [&](int thread) {
            for (int i = 0; i < each; ++i) {
                const int base = (thread * each + i) * 2;
                const bool keep = i % 3 != 0;
                const bool kept = transact(connector, [&](Transaction& transaction) {
                    const std::vector<SqlValue> first{integer(base), {}};
                    const std::vector<SqlValue> second{integer(base + 1), text("second")};
                    transaction.execute(insert_, first, nullptr);
                    if (!keep && i % 2 == 0) return false;
                    transaction.execute(insert_, second, nullptr);
                    return keep;
                });
                CPPUNIT_ASSERT_EQUAL(keep, kept);
                ++(kept ? acknowledged : refused);
            }
        });
        CPPUNIT_ASSERT_EQUAL(threads * each, acknowledged + refused);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2} * acknowledged, readInteger(connector, count_));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{acknowledged}, readInteger(connector, odd));
    }

    // Alone, and as a later member of a group.
    void joinsTheTransactionAround() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        std::vector<std::future<void>> others;
        const bool kept = transact(connector, [&](Transaction&) {
            for (int i = 0; i < 3; ++i) {
                others.push_back(std::async(std::launch::async,
                                            [&, base = 10 + i * 10] { CPPUNIT_ASSERT(joined(connector, base)); }));
            }
            return joined(connector, 100);
        });
        CPPUNIT_ASSERT(kept);
        for (auto& other : others) other.get();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1 + 4 * 2}, readInteger(connector, count_));
        // What the outer one gives up, the inner ones have not stored.
        CPPUNIT_ASSERT(!transact(connector, [&](Transaction&) {
            CPPUNIT_ASSERT(insert(connector, 500));
            return false;
        }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1 + 4 * 2}, readInteger(connector, count_));
    }
    // Stores `base` and base + 1; two inner ones are undone alone.
    bool joined(SqliteConnector& connector, int base) {
        return transact(connector, [&](Transaction& outer) {
            CPPUNIT_ASSERT(insert(connector, base));
            assertKind(Kind::unique, failure([&] {
                           transact(connector, [&](Transaction& inner) {
                               CPPUNIT_ASSERT(&inner == &outer);
                               CPPUNIT_ASSERT(insert(connector, base + 2));
                               return insert(connector, 1);
                           });
                       }));
            CPPUNIT_ASSERT(!transact(connector, [&](Transaction&) {
                CPPUNIT_ASSERT(insert(connector, base + 3));
                return false;
            }));
            CPPUNIT_ASSERT(connector.currentTransaction() == &outer);
            return insert(connector, base + 1);
        });
    }

    void storesARacedRowOnce() {
        SqliteConnector& connector = open();
        std::atomic<int> stored{0};
        std::atomic<int> conflicts{0};
        inThreads(threads, [&](int) {
            for (int i = 0; i < each; ++i) {
                try {
                    if (insert(connector, i)) ++stored;
                } catch (const DatabaseError& error) {
                    assertKind(Kind::unique, error);
                    ++conflicts;
                }
            }
        });
        CPPUNIT_ASSERT_EQUAL(each, stored.load());
        CPPUNIT_ASSERT_EQUAL(each * (threads - 1), conflicts.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{each}, readInteger(connector, count_));
    }

    void readersSeeWhatWasAcknowledged() {
        SqliteConnector& connector = open();
        std::atomic<std::int64_t> acknowledged{0};
        std::atomic<bool> done{false};
        std::mutex mutex;
        std::map<std::uint64_t, std::int64_t> totals;
        auto writers = std::async(std::launch::async, [&] {
            inThreads(2, [&](int thread) {
                for (int i = 0; i < each; ++i) {
                    CPPUNIT_ASSERT(insert(connector, thread * each + i));
                    ++acknowledged;
                }
            });
            done = true;
        });
        inThreads(4, [&](int thread) {
            const bool loop = thread < 2;
            if (loop) loops_.become(static_cast<std::uint32_t>(thread) + 1);
            std::int64_t last = 0;
            for (int i = 0; !done || i % 7 != 0; ++i) {
                if (loop && i % 7 == 6) loops_.endBatch();
                const std::int64_t least = std::max<std::int64_t>(last, acknowledged);
                const std::uint64_t version = connector.dataVersion();
                last = readInteger(connector, count_);
                CPPUNIT_ASSERT(last >= least);
                if (connector.dataVersion() != version) continue;
                // The number stands for one content, whoever reads it.
                const std::lock_guard lock(mutex);
                CPPUNIT_ASSERT_EQUAL(last, totals.emplace(version, last).first->second);
            }
            if (loop) {
                loops_.endBatch();
                loops_.become(0);
            }
        });
        writers.get();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2 * each}, readInteger(connector, count_));
    }

    // Once, after the last statement, and only when there is something to commit.
    void asksBeforeItCommits() {
        SqliteConnector& connector = open();
        std::string steps;
        const auto claim = [&] {
            steps += "claim ";
            return true;
        };
        const auto store = [&](int value) {
            return [&, value](Transaction&) {
                steps += "run ";
                return insert(connector, value); // joins; the outer one is asked
            };
        };
        CPPUNIT_ASSERT(transact(connector, store(1), claim));
        CPPUNIT_ASSERT_EQUAL(std::string("run claim "), steps);
        CPPUNIT_ASSERT(transact(
            connector, [&](Transaction&) { return transact(connector, store(2), claim); }, [] { return true; }));
        CPPUNIT_ASSERT_EQUAL(std::string("run claim run "), steps);
        steps.clear();
        CPPUNIT_ASSERT(!transact(
            connector, [](Transaction&) { return false; }, claim));
        assertKind(Kind::unique, failure([&] { transact(connector, store(1), claim); }));
        CPPUNIT_ASSERT_EQUAL(std::string("run "), steps);
        // Refused, and unable to tell.
        assertKind(Kind::stale, failure([&] { transact(connector, store(3), [] { return false; }); }));
        CPPUNIT_ASSERT_THROW(transact(connector, store(4), []() -> bool { throw std::logic_error("x"); }),
                             std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, readInteger(connector, count_));
        CPPUNIT_ASSERT(insert(connector, 3)); // nobody holds the writer
    }

    // One group: the members come while the first one runs, and each second one is refused.
    void refusedClaimsAreRolledBackAlone() {
        SqliteConnector& connector = open();
        for (const bool first : {true, false}) {
            const std::int64_t before = readInteger(connector, count_);
            const std::int64_t base = first ? 100 : 200;
            std::vector<std::future<bool>> others;
            std::atomic<int> claims{0};
            const auto storing = [&](std::int64_t value, bool granted) {
                return std::async(std::launch::async, [&, value, granted] {
                    try {
                        return transact(
                            connector, [&, value](Transaction&) { return insert(connector, value); },
                            [&, granted] {
                                ++claims;
                                return granted;
                            });
                    } catch (const DatabaseError& error) {
                        assertKind(Kind::stale, error);
                        return false;
                    }
                });
            };
            bool kept = false;
            try {
                kept = transact(
                    connector,
                    [&](Transaction&) {
                        for (int i = 0; i < 4; ++i) others.push_back(storing(base + 1 + i, i % 2 == 0));
                        return insert(connector, base);
                    },
                    [&] { return first; });
            } catch (const DatabaseError& error) {
                assertKind(Kind::stale, error);
            }
            CPPUNIT_ASSERT_EQUAL(first, kept);
            for (int i = 0; i < 4; ++i) CPPUNIT_ASSERT_EQUAL(i % 2 == 0, others[static_cast<std::size_t>(i)].get());
            CPPUNIT_ASSERT_EQUAL(4, claims.load());
            CPPUNIT_ASSERT_EQUAL(before + 2 + (first ? 1 : 0), readInteger(connector, count_));
        }
        // What was refused is gone, what was granted is there.
        for (const std::int64_t value : {100, 101, 103, 201, 203})
            assertKind(Kind::unique, failure([&] { insert(connector, value); }));
        for (const std::int64_t value : {102, 104, 200, 202, 204}) CPPUNIT_ASSERT(insert(connector, value));
    }

    // One that is checked at COMMIT, which is for all.
    void failsAKeyForItsOwnerAlone() {
        SqliteConnector& connector = open();
        const Migration both[] = {
            schema,
            {"tests", "0002-child",
             "CREATE TABLE child (parent INTEGER PRIMARY KEY REFERENCES numbers (value) DEFERRABLE "
             "INITIALLY DEFERRED)"}};
        migrate(connector, both);
        const std::uint32_t orphan = connector.statement(sql("INSERT INTO child VALUES (?)"));
        const std::uint32_t children = connector.statement(sql("SELECT count(*) FROM child"));
        std::atomic<int> claims{0};
        inThreads(threads, [&](int thread) {
            for (int i = 0; i < each; ++i) {
                const int value = thread * each + i;
                const auto store = [&](bool parent) {
                    return transact(
                        connector,
                        [&, parent](Transaction& transaction) {
                            const std::vector<SqlValue> parameters{integer(value)};
                            transaction.execute(orphan, parameters, nullptr);
                            return !parent || insert(connector, value);
                        },
                        [&] { return ++claims > 0; });
                };
                if (thread % 2 == 0)
                    CPPUNIT_ASSERT(store(true));
                else
                    assertKind(Kind::foreignKey, failure([&] { store(false); }));
            }
        });
        CPPUNIT_ASSERT_EQUAL(threads / 2 * each, claims.load()); // nothing was asked for what could not be stored
        CPPUNIT_ASSERT_EQUAL(std::int64_t{threads / 2 * each}, readInteger(connector, count_));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{threads / 2 * each}, readInteger(connector, children));
    }

    void boundsTheMembersOfAGroup() {
        for (const std::int64_t most : {1, 3}) {
            options_.groupCommit = static_cast<std::size_t>(most);
            SqliteConnector& connector = open();
            inThreads(threads, [&](int thread) {
                for (int i = 0; i < each; ++i)
                    CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
                        const bool stored = insert(connector, thread * each + i);
                        CPPUNIT_ASSERT(uncommitted(connector, transaction, count_) <= most);
                        return stored;
                    }));
            });
            tearDown();
            setUp();
        }
    }

    // Its members wait for its end.
    void endsAGroupThatIsOld() {
        SqliteConnector& connector = open();
        std::atomic<bool> comes{false};
        std::future<bool> second;
        CPPUNIT_ASSERT(transact(connector, [&](Transaction&) {
            second = std::async(std::launch::async, [&] {
                Body body([&](Transaction& transaction) {
                    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, uncommitted(connector, transaction, count_));
                    return insert(connector, 2);
                });
                body.within([&] {
                    comes = true;
                    return std::chrono::milliseconds::max();
                });
                return connector.transact(body);
            });
            while (!comes) std::this_thread::yield();
            giveWay(std::chrono::milliseconds(20));
            return insert(connector, 1);
        }));
        CPPUNIT_ASSERT(second.get());
    }

    // Those that come one after the other are served so. When each has begun to wait cannot be seen, so one round of
    // several has to show it.
    void letsNobodyOvertake() {
        SqliteConnector& connector = open();
        const std::vector<int> expected{0, 1, 2, 3};
        std::vector<int> served;
        for (int round = 0; round < 20 && served != expected; ++round) {
            served.clear();
            std::vector<std::future<bool>> waiting;
            Holding first(connector);
            for (const int number : expected) {
                std::atomic<bool> comes{false};
                waiting.push_back(std::async(std::launch::async, [&, number] {
                    Body body([&, number](Transaction&) {
                        served.push_back(number); // in its turn
                        return true;
                    });
                    body.within([&comes, isSet = false]() mutable {
                        if (!isSet) comes = true;
                        isSet = true;
                        return std::chrono::milliseconds::max();
                    });
                    return connector.transact(body);
                }));
                while (!comes) std::this_thread::yield();
                giveWay(std::chrono::milliseconds(3));
            }
            CPPUNIT_ASSERT(first.end());
            for (auto& one : waiting) CPPUNIT_ASSERT(one.get());
        }
        CPPUNIT_ASSERT(served == expected);
    }

    // A transaction on its own thread, which has asked for its turn when this returns.
    std::future<bool> begun(SqliteConnector& connector, bool isOfRequest, std::function<bool(Transaction&)> call) {
        auto comes = std::make_shared<std::promise<void>>();
        std::future<void> came = comes->get_future();
        auto result = std::async(std::launch::async, [&connector, isOfRequest, comes, call = std::move(call)] {
            Body body(call);
            if (isOfRequest) body.ofRequest();
            body.within([comes, isSet = false]() mutable {
                if (!std::exchange(isSet, true)) comes->set_value();
                return std::chrono::milliseconds::max();
            });
            return connector.transact(body);
        });
        came.wait();
        giveWay(std::chrono::milliseconds(3));
        return result;
    }

    // Several rounds, as in letsNobodyOvertake.
    void letsRequestsGoFirst() {
        SqliteConnector& connector = open();
        const std::string expected = "request request background background ";
        std::string served;
        for (int round = 0; round < 20 && served != expected; ++round) {
            served.clear();
            std::vector<std::future<bool>> waiting;
            Holding first(connector);
            for (const bool isOfRequest : {false, true, false, true})
                waiting.push_back(begun(connector, isOfRequest, [&served, isOfRequest](Transaction&) {
                    served += isOfRequest ? "request " : "background "; // in its turn
                    return true;
                }));
            CPPUNIT_ASSERT(first.end());
            for (auto& one : waiting) CPPUNIT_ASSERT(one.get());
        }
        CPPUNIT_ASSERT_EQUAL(expected, served);
    }

    // What a request has stored is committed before anything else begins, however young its group; what was begun
    // before it came is committed with it, however old.
    void letsNoRequestWaitForBackground() {
        SqliteConnector& connector = open();
        for (int value = 0; value < 20; value += 2) CPPUNIT_ASSERT_EQUAL(0, shared(connector, true, value));
        int seen = 0;
        for (int value = 20; seen == 0 && value < 60; value += 2) seen = shared(connector, false, value);
        CPPUNIT_ASSERT_EQUAL(1, seen);
    }
    // How many uncommitted rows one of the other kind finds that begins to wait for a first one.
    int shared(SqliteConnector& connector, bool isFirstOfRequest, int value) {
        std::future<bool> second;
        std::int64_t found = -1;
        Body first([&](Transaction&) {
            second = begun(connector, !isFirstOfRequest, [&](Transaction& transaction) {
                found = uncommitted(connector, transaction, count_);
                return insert(connector, value);
            });
            if (!isFirstOfRequest) giveWay(std::chrono::milliseconds(20));
            return insert(connector, value + 1);
        });
        if (isFirstOfRequest) first.ofRequest();
        CPPUNIT_ASSERT(connector.transact(first));
        CPPUNIT_ASSERT(second.get());
        return static_cast<int>(found);
    }

    // While there always is a request that waits.
    void starvesNoBackground() {
        options_.writeWait = std::chrono::milliseconds(1000);
        options_.groupCommit = 1;
        SqliteConnector& connector = open();
        std::atomic<bool> done{false};
        std::atomic<int> waiting{0};
        std::atomic<int> value{0};
        std::vector<std::future<void>> requests;
        for (int i = 0; i < 4; ++i)
            requests.push_back(std::async(std::launch::async, [&] {
                while (!done) {
                    Body body([&](Transaction&) {
                        --waiting;
                        giveWay(std::chrono::milliseconds(2));
                        return insert(connector, ++value);
                    });
                    ++waiting;
                    CPPUNIT_ASSERT(connector.transact(body.ofRequest()));
                }
            }));
        while (waiting < 2) std::this_thread::yield();
        auto background =
            std::async(std::launch::async, [&] { CPPUNIT_ASSERT(insert(connector, -1)); }); // whatever it throws
        background.wait();
        done = true;
        for (auto& one : requests) one.get();
        background.get();
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriterGroupsTest);

} // namespace mortise::database
