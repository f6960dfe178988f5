// SPDX-License-Identifier: Apache-2.0
#include "host/worker_ticket.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

namespace mortise::host {

class WorkerTicketTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WorkerTicketTest);
    CPPUNIT_TEST(runs);
    CPPUNIT_TEST(revokedTasksDoNotRun);
    CPPUNIT_TEST(takenOverOnlyInsideAPlugin);
    CPPUNIT_TEST(oldTasksAreRecognised);
    CPPUNIT_TEST(exactlyOneWins);
    CPPUNIT_TEST_SUITE_END();

    void runs() {
        WorkerTicket ticket;
        const std::uint64_t number = ticket.issue();
        CPPUNIT_ASSERT(number != 0 && !ticket.isRunning());
        CPPUNIT_ASSERT(ticket.begin(number));
        CPPUNIT_ASSERT(ticket.isRunning() && !ticket.revoke() && !ticket.takeOver());
        ticket.enterPlugin();
        CPPUNIT_ASSERT(!ticket.isRunning());
        CPPUNIT_ASSERT(ticket.leavePlugin(number) == WorkerTicket::Back::mine);
        ticket.end(number);
        CPPUNIT_ASSERT(!ticket.isRunning() && !ticket.isTaken());
    }

    void revokedTasksDoNotRun() {
        WorkerTicket ticket;
        const std::uint64_t number = ticket.issue();
        CPPUNIT_ASSERT(ticket.revoke());
        CPPUNIT_ASSERT(!ticket.revoke());
        CPPUNIT_ASSERT(!ticket.begin(number));
    }

    void takenOverOnlyInsideAPlugin() {
        WorkerTicket ticket;
        CPPUNIT_ASSERT(!ticket.takeOver());
        const std::uint64_t number = ticket.issue();
        CPPUNIT_ASSERT(!ticket.takeOver());
        CPPUNIT_ASSERT(ticket.begin(number));
        ticket.enterPlugin();
        CPPUNIT_ASSERT(ticket.takeOver() && ticket.isTaken() && !ticket.takeOver());
        CPPUNIT_ASSERT(ticket.leavePlugin(number) == WorkerTicket::Back::taken);
        CPPUNIT_ASSERT(!ticket.isTaken());
    }

    void oldTasksAreRecognised() {
        WorkerTicket ticket;
        const std::uint64_t first = ticket.issue();
        CPPUNIT_ASSERT(ticket.revoke());
        const std::uint64_t second = ticket.issue();
        CPPUNIT_ASSERT(!ticket.begin(first));
        CPPUNIT_ASSERT(ticket.begin(second));
        ticket.enterPlugin();
        ticket.clear(); // answered from inside the plugin
        CPPUNIT_ASSERT(ticket.leavePlugin(second) == WorkerTicket::Back::over);
        const std::uint64_t third = ticket.issue();
        ticket.end(second);
        CPPUNIT_ASSERT(ticket.begin(third));
    }

    void exactlyOneWins() {
        WorkerTicket ticket;
        for (int i = 0; i < 500; ++i) {
            const std::uint64_t number = ticket.issue();
            std::atomic<int> winners{0};
            std::thread worker([&] {
                if (ticket.begin(number)) ++winners;
            });
            if (ticket.revoke()) ++winners;
            worker.join();
            CPPUNIT_ASSERT_EQUAL(1, winners.load());
            ticket.clear();
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WorkerTicketTest);

} // namespace mortise::host
