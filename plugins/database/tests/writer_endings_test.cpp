// SPDX-License-Identifier: Apache-2.0
#include "writer_fixture.hpp"

namespace mortise::database {

// What ends a wait, a transaction and the writer itself.
class WriterEndingsTest : public WriterFixture {
    CPPUNIT_TEST_SUITE(WriterEndingsTest);
    CPPUNIT_TEST(waitsForItsTurnWithinBounds);
    CPPUNIT_TEST(saysWhenATurnDoesNotEnd);
    CPPUNIT_TEST(waitsNoLongerThanTheRequest);
    CPPUNIT_TEST(acknowledgesNothingThatIsGone);
    CPPUNIT_TEST(keepsTheLogSmallUnderReaders);
    CPPUNIT_TEST(isNotReadyWhileItCannotWrite);
    CPPUNIT_TEST(refusesWaitersAtClose);
    CPPUNIT_TEST_SUITE_END();

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

    // The writer waits far longer than the request may.
    void waitsNoLongerThanTheRequest() {
        options_.writeWait = std::chrono::seconds(60);
        const auto began = std::chrono::steady_clock::now();
        SqliteConnector& connector = open();
        Holding first(connector);
        for (const int left : {0, 20}) {
            Body body([](Transaction&) { return true; });
            body.within([left] { return std::chrono::milliseconds(left); });
            const DatabaseError error = failure([&] { connector.transact(body); });
            assertKind(Kind::busy, error);
            assertContains("until the request's deadline", error.what());
        }
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < std::chrono::seconds(30));
        CPPUNIT_ASSERT(first.end());
        CPPUNIT_ASSERT(insert(connector, 1)); // those who gave up are out of the queue
        Body late([&](Transaction&) { return insert(connector, 2); });
        late.within([] { return std::chrono::milliseconds(0); });
        CPPUNIT_ASSERT(connector.transact(late)); // whether it may commit is for the host to say
    }

    // The last thing that a body does ends the transaction, and the body does not care.
    void acknowledgesNothingThatIsGone() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, -1));
        const std::uint32_t rude = connector.statement(sql("INSERT OR ROLLBACK INTO numbers (value) VALUES (-1)"));
        const auto careless = [&](Transaction& transaction) {
            CPPUNIT_ASSERT(insert(connector, 1));
            failure([&] { transaction.execute(rude, {}, nullptr); });
            return true;
        };
        assertKind(Kind::unique, failure([&] { transact(connector, careless); }));
        assertKind(Kind::unique, failure([&] {
                       transact(connector, [&](Transaction&) {
                           failure([&] { transact(connector, careless); });
                           return true;
                       });
                   }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, readInteger(connector, count_));
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

    void isNotReadyWhileItCannotWrite() {
        Functions functions(0);
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT_NO_THROW(connector.check());
        CPPUNIT_ASSERT(
            transact(connector, [&, number = connector.statement(sql("SELECT read_only()"))](Transaction& transaction) {
                transaction.execute(number, {}, nullptr);
                return true;
            }));
        for (int i = 0; i < 2; ++i) {
            assertKind(Kind::readOnly, failure([&] { insert(connector, 1); }));
            assertKind(Kind::readOnly, failure([&] { connector.check(); }));
        }
        functions.makeWritable(); // and nobody writes
        CPPUNIT_ASSERT_NO_THROW(connector.check());
        CPPUNIT_ASSERT(insert(connector, 1));
        CPPUNIT_ASSERT_NO_THROW(connector.check());
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

CPPUNIT_TEST_SUITE_REGISTRATION(WriterEndingsTest);

} // namespace mortise::database
