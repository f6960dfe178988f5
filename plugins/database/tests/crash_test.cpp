// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"
#include "connector_fixture.hpp"

#include <array>
#include <set>
#include <thread>

namespace mortise::database {

// What was acknowledged survives the process, however it ends.
class CrashTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(CrashTest);
    CPPUNIT_TEST(losesNoAcknowledgedRow);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int writers = 4;
    static constexpr std::size_t enough = 200; // acknowledged rows before the kill

    void losesNoAcknowledgedRow() {
        options_.synchronousFull = true;
        std::array<int, 2> pipe{};
        CPPUNIT_ASSERT(::pipe(pipe.data()) == 0);
        Child child([&] {
            ::close(pipe[0]);
            SqliteConnector& connector = open();
            std::vector<std::thread> threads;
            for (std::int64_t thread = 0; thread < writers; ++thread)
                threads.emplace_back([&, thread] {
                    for (std::int64_t value = thread;; value += writers)
                        if (!insert(connector, value) || ::write(pipe[1], &value, sizeof value) != sizeof value)
                            ::_exit(1);
                });
            for (std::thread& thread : threads) thread.join();
            return 0;
        });
        ::close(pipe[1]);
        std::set<std::int64_t> acknowledged;
        std::int64_t value = 0;
        // Writes of this size to a pipe are not torn.
        while (acknowledged.size() < enough && ::read(pipe[0], &value, sizeof value) == sizeof value)
            acknowledged.insert(value);
        CPPUNIT_ASSERT_EQUAL(enough, acknowledged.size());
        CPPUNIT_ASSERT(::kill(child.pid(), SIGKILL) == 0);
        CPPUNIT_ASSERT_EQUAL(128 + SIGKILL, child.wait());
        while (::read(pipe[0], &value, sizeof value) == sizeof value) acknowledged.insert(value);
        ::close(pipe[0]);

        SqliteConnector& connector = open();
        std::set<std::int64_t> stored;
        Rows rows([&](std::span<const SqlValue> columns) {
            stored.insert(columns[0].integer);
            return true;
        });
        connector.read(connector.statement(sql("SELECT value FROM numbers")), {}, &rows);
        for (const std::int64_t one : acknowledged) CPPUNIT_ASSERT_MESSAGE(std::to_string(one), stored.count(one) == 1);
        // At most what each writer had under way came on top.
        CPPUNIT_ASSERT(stored.size() <= acknowledged.size() + writers);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CrashTest);

} // namespace mortise::database
