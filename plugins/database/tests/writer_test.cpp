// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace mortise::database {

// Many threads at one writer.
class WriterTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(WriterTest);
    CPPUNIT_TEST(waitsForItsTurnWithinBounds);
    CPPUNIT_TEST(saysWhenATurnDoesNotEnd);
    CPPUNIT_TEST(keepsEachTransactionWhole);
    CPPUNIT_TEST(joinsTheTransactionAround);
    CPPUNIT_TEST(storesARacedRowOnce);
    CPPUNIT_TEST(triesAgainWhatOthersBroke);
    CPPUNIT_TEST(readersSeeWhatWasAcknowledged);
    CPPUNIT_TEST(keepsTheLogSmallUnderReaders);
    CPPUNIT_TEST(asksBeforeItCommits);
    CPPUNIT_TEST(asksAgainWhenItTriesAgain);
    CPPUNIT_TEST(refusedClaimsAreRolledBackAlone);
    CPPUNIT_TEST(waitsNoLongerThanTheRequest);
    CPPUNIT_TEST(isNotRunAgainPastTheDeadline);
    CPPUNIT_TEST(refusesWaitersAtClose);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int threads = 6;
    static constexpr int each = 100;

    // Fails, and ends the transaction that others may share; `rude` is an INSERT OR ROLLBACK of what is there.
    static void breakTransaction(Connector& connector, std::uint32_t rude) {
        failure([&] {
            transact(connector, [rude](Transaction& transaction) {
                transaction.execute(rude, {}, nullptr);
                return true;
            });
        });
    }
    // A transaction of another thread that has the writer until end().
    class Holding {
    public:
        explicit Holding(Connector& connector)
            : result_(std::async(std::launch::async, [this, &connector] {
                  return transact(connector, [this](Transaction&) {
                      inside_.set_value();
                      proceed_.get_future().wait();
                      return true;
                  });
              })) {
            inside_.get_future().wait();
        }
        ~Holding() {
            if (result_.valid()) proceed_.set_value();
        }
        Holding(const Holding&) = delete;
        Holding& operator=(const Holding&) = delete;
        // Whether it was committed. Once.
        bool end() {
            proceed_.set_value();
            return result_.get();
        }

    private:
        std::promise<void> inside_;
        std::promise<void> proceed_;
        std::future<bool> result_; // last: its thread ends before what it looks at
    };
    template<class Work>
    static void inThreads(int count, Work work) {
        std::vector<std::future<void>> running;
        for (int i = 0; i < count; ++i) running.push_back(std::async(std::launch::async, work, i));
        for (auto& one : running) one.get();
    }

    void waitsForItsTurnWithinBounds() {
        options_.writeWait = std::chrono::milliseconds(30);
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(transact(connector, [&](Transaction&) {
            std::async(std::launch::async, [&] {
                assertKind(Kind::busy, failure([&] { insert(connector, 1); }));
            }).get();
            return true;
        }));
        CPPUNIT_ASSERT(insert(connector, 1));
    }

    void saysWhenATurnDoesNotEnd() {
        options_.writeWait = std::chrono::milliseconds(20);
        SqliteConnector& connector = open();
        connector.check();
        transact(connector, [&](Transaction&) {
            std::async(std::launch::async, [&] {
                const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
                std::string text;
                while (text.empty() && std::chrono::steady_clock::now() < deadline) {
                    try {
                        connector.check();
                    } catch (const DatabaseError& error) {
                        text = error.what();
                    }
                }
                assertContains("the writer has been busy", text);
            }).get();
            return true;
        });
        connector.check();
    }

    void keepsEachTransactionWhole() {
        SqliteConnector& connector = open();
        const std::uint32_t odd = connector.statement("SELECT count(*) FROM numbers WHERE word IS NOT NULL");
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
            assertKind(Kind::conflict, failure([&] {
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
                    assertKind(Kind::conflict, error);
                    ++conflicts;
                }
            }
        });
        CPPUNIT_ASSERT_EQUAL(each, stored.load());
        CPPUNIT_ASSERT_EQUAL(each * (threads - 1), conflicts.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{each}, readInteger(connector, count_));
    }

    // "OR ROLLBACK" undoes the whole shared transaction: only its author may notice.
    void triesAgainWhatOthersBroke() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)");
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

    // A reader that always has a snapshot open keeps SQLite from starting the log over by itself.
    void keepsTheLogSmallUnderReaders() {
        options_.walAutocheckpoint = 50;
        SqliteConnector& connector = open();
        const std::string word(4000, 'x');
        std::atomic<bool> done{false};
        auto reader = std::async(std::launch::async, [&] {
            loops_.become(1);
            while (!done) {
                readInteger(connector, count_);
                loops_.endBatch();
            }
            loops_.become(0);
        });
        std::uintmax_t largest = 0;
        for (int i = 0; i < 2000; ++i) {
            transact(connector, [&](Transaction& transaction) {
                const std::vector<SqlValue> parameters{integer(i), text(word)};
                return transaction.execute(insert_, parameters, nullptr) == 1;
            });
            largest = std::max(largest, std::filesystem::file_size(*folder_ / "test.db-wal"));
        }
        done = true;
        reader.get();
        CPPUNIT_ASSERT_MESSAGE(std::to_string(largest), largest < 50u * 4120 * 40);
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
        assertKind(Kind::conflict, failure([&] { transact(connector, store(1), claim); }));
        CPPUNIT_ASSERT_EQUAL(std::string("run "), steps);
        // Refused, and unable to tell.
        assertKind(Kind::stale, failure([&] { transact(connector, store(3), [] { return false; }); }));
        CPPUNIT_ASSERT_THROW(transact(connector, store(4), []() -> bool { throw std::logic_error("x"); }),
                             std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, readInteger(connector, count_));
        CPPUNIT_ASSERT(insert(connector, 3)); // nobody holds the writer
    }

    // A member whose transaction another one broke is asked for each attempt, and keeps what it was granted.
    void asksAgainWhenItTriesAgain() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)");
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
            assertKind(Kind::conflict, failure([&] { insert(connector, value); }));
        for (const std::int64_t value : {102, 104, 200, 202, 204}) CPPUNIT_ASSERT(insert(connector, value));
    }

    // The writer waits far longer than the request may.
    void waitsNoLongerThanTheRequest() {
        SqliteConnector& connector = open();
        Holding first(connector);
        for (const int left : {0, 20}) {
            Body body([](Transaction&) { return true; });
            body.within([left] { return std::chrono::milliseconds(left); });
            const DatabaseError error = failure([&] { connector.transact(body); });
            assertKind(Kind::busy, error);
            assertContains("until the request's deadline", error.what());
        }
        CPPUNIT_ASSERT(first.end());
        CPPUNIT_ASSERT(insert(connector, 1)); // those who gave up are out of the queue
        Body late([&](Transaction&) { return insert(connector, 2); });
        late.within([] { return std::chrono::milliseconds(0); });
        CPPUNIT_ASSERT(connector.transact(late)); // whether it may commit is for the host to say
    }

    // Members that were granted their commit, whose transaction another one broke, and whose time is over then.
    void isNotRunAgainPastTheDeadline() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)");
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

    void refusesWaitersAtClose() {
        SqliteConnector& connector = open();
        Holding first(connector);
        auto second = std::async(std::launch::async, [&] { return failure([&] { insert(connector, 1); }); });
        CPPUNIT_ASSERT(!connector.close(std::chrono::milliseconds(10)));
        assertContains("closed", second.get().what());
        CPPUNIT_ASSERT(first.end());
        CPPUNIT_ASSERT(connector.close(std::chrono::seconds(10)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriterTest);

} // namespace mortise::database
