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
    CPPUNIT_TEST(refusesWaitersAtClose);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int threads = 6;
    static constexpr int each = 100;

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
                    failure([&] {
                        transact(connector, [&](Transaction& transaction) {
                            transaction.execute(rude, {}, nullptr);
                            return true;
                        });
                    });
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

    void refusesWaitersAtClose() {
        SqliteConnector& connector = open();
        std::promise<void> inside;
        std::promise<void> proceed;
        auto first = std::async(std::launch::async, [&] {
            return transact(connector, [&](Transaction&) {
                inside.set_value();
                proceed.get_future().wait();
                return true;
            });
        });
        inside.get_future().wait();
        auto second = std::async(std::launch::async, [&] { return failure([&] { insert(connector, 1); }); });
        CPPUNIT_ASSERT(!connector.close(std::chrono::milliseconds(10)));
        assertContains("closed", second.get().what());
        proceed.set_value();
        CPPUNIT_ASSERT(first.get());
        CPPUNIT_ASSERT(connector.close(std::chrono::seconds(10)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriterTest);

} // namespace mortise::database
