// SPDX-License-Identifier: Apache-2.0
// Filters that work on workers, and transformations that meet a filter that waits.
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <thread>

namespace mortise::dispatch {

using tests::DispatchFixture;

class ResponseTurnTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ResponseTurnTest);
    CPPUNIT_TEST(allCallsRunOnWorkers);
    CPPUNIT_TEST(whatAWorkerDidIsSent);
    CPPUNIT_TEST(aFullPoolIsA503);
    CPPUNIT_TEST(onFinishWaitsForAWorker);
    CPPUNIT_TEST(aTransformationIsSentAfterTheFilters);
    CPPUNIT_TEST_SUITE_END();

    static void runTasks(DispatchFixture& f) {
        while (f.environment.tasks() != 0) {
            f.environment.runTask();
            f.environment.runPosted();
        }
    }

public:
    void allCallsRunOnWorkers() {
        DispatchFixture f;
        f.turn->placement = MORTISE_PLACEMENT_WORKER;
        f.turn->flags = 0;
        f.turn->acts = MORTISE_PHASE_ACCEPT | MORTISE_PHASE_HANDLE;
        int onLoop = 0;
        f.turn->act = [&](mortise_exchange, const mortise_request&) {
            onLoop += f.environment.isLoop() ? 1 : 0;
            return MORTISE_OK;
        };
        f.turn->respond = [&](mortise_exchange, mortise_response& response) {
            onLoop += f.environment.isLoop() ? 1 : 0;
            CPPUNIT_ASSERT_EQUAL(0u, response.may_transform);
            return MORTISE_OK;
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(0, f.get("/loop?q=1"));
        runTasks(f);
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(0, onLoop);
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, f.turn->called.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.turn->finished.size());
        CPPUNIT_ASSERT(f.turn->seenAtFinish.find("q=1") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        CPPUNIT_ASSERT(f.isIdle());
    }
    void whatAWorkerDidIsSent() {
        DispatchFixture f;
        f.turn->phases = MORTISE_PHASE_RESPOND;
        f.turn->placement = MORTISE_PLACEMENT_WORKER;
        f.turn->respond = [](mortise_exchange, mortise_response& response) {
            CPPUNIT_ASSERT_EQUAL(std::string("own"), std::string(host::text(response.body)));
            response.add_field(response.context, host::view("X-Worker"), host::view("1"));
            response.refuse(response.context, 418, host::view("short"), {});
            return MORTISE_OK;
        };
        f.serve();
        f.get("/loop");
        runTasks(f);
        CPPUNIT_ASSERT_EQUAL(418, f.client->sent().status);
        CPPUNIT_ASSERT(f.client->sent().fields.find("X-Worker: 1") != std::string::npos);
        CPPUNIT_ASSERT(f.client->sent().body.find("short") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(418u, f.watch->responds.front());
        CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
    }
    void aFullPoolIsA503() {
        DispatchFixture f;
        f.turn->phases = MORTISE_PHASE_RESPOND;
        f.turn->placement = MORTISE_PLACEMENT_WORKER;
        f.serve();
        f.environment.refuseTasks();
        CPPUNIT_ASSERT_EQUAL(503, f.get("/loop"));
        CPPUNIT_ASSERT(f.turn->responds.empty());
        CPPUNIT_ASSERT_EQUAL(503u, f.watch->responds.front());
        CPPUNIT_ASSERT_EQUAL(1, f.app.released.load());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
    void onFinishWaitsForAWorker() {
        DispatchFixture f;
        f.turn->phases = MORTISE_PHASE_FINISH;
        f.turn->placement = MORTISE_PLACEMENT_WORKER;
        f.serve();
        f.environment.refuseTasks();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        f.environment.advance(200);
        CPPUNIT_ASSERT(f.turn->finished.empty());
        CPPUNIT_ASSERT(!f.isIdle());
        f.environment.refuseTasks(false);
        f.environment.advance(100);
        runTasks(f);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.turn->finished.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
        CPPUNIT_ASSERT(f.isIdle());
    }
    // The filter in front has the body transformed on a worker while the one behind it waits.
    void aTransformationIsSentAfterTheFilters() {
        DispatchFixture f;
        int released = 0;
        mortise_exchange turn = 0;
        f.turn->onRespond = [&](mortise_response& response) {
            mortise_transformer made{};
            made.struct_size = sizeof made;
            made.context = &released;
            made.chunk = [](void*, mortise_view, std::uint32_t, std::uint32_t, mortise_emit emit, void* sink) {
                emit(sink, host::view("less"));
                return MORTISE_OK;
            };
            made.release = [](void* count) { ++*static_cast<int*>(count); };
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.transform(response.context, &made));
        };
        f.watch->flags = MORTISE_FILTER_MAY_WAIT_RESPOND;
        f.watch->respond = [&](mortise_exchange handle, mortise_response&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            f.app.reply(handle, 209, std::string(20'000, 'b'));
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        runTasks(f);
        CPPUNIT_ASSERT_EQUAL(0, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.resume(turn));
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
        CPPUNIT_ASSERT_EQUAL(std::string("less"), f.client->sent().body);
        CPPUNIT_ASSERT_EQUAL(1, released);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.dispatcher->open());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResponseTurnTest);

} // namespace mortise::dispatch
