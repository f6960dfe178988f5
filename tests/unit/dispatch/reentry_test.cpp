// SPDX-License-Identifier: Apache-2.0
// What a plugin does from inside a call of the host's that it made, or a call of its own that the host made: whatever
// the host walks over stays.
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <mortise/service/contributions.h>
#include <mortise/service/readiness.h>
#include <mortise/service/task.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace mortise::dispatch {

using tests::DispatchFixture;

namespace {

template<class Table>
const Table* service(DispatchFixture& f, const char* id, void*& self) {
    mortise_service given{};
    CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.host->get_service(f.app.host->context, host::view(id), &given, nullptr));
    self = given.self;
    return static_cast<const Table*>(given.table);
}

// Statuses of all that changes a response.
std::vector<mortise_status> change(mortise_response& response, const mortise_transformer& transformer) {
    const mortise_view name = host::view("X-Name");
    const mortise_view value = host::view("value");
    return {response.add_field(response.context, name, value),    response.set_field(response.context, name, value),
            response.remove_field(response.context, name),        response.replace(response.context, 304),
            response.refuse(response.context, 500, value, value), response.transform(response.context, &transformer)};
}

} // namespace

class ReentryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReentryTest);
    CPPUNIT_TEST(aVisitorMayEndTheTurn);
    CPPUNIT_TEST(routesOfWhatIsOverAreStale);
    CPPUNIT_TEST(aTurnAtTheResponseHasItsGeneration);
    CPPUNIT_TEST(aTransformerChangesNoHead);
    CPPUNIT_TEST(fieldsMayBeMadeOfFields);
    CPPUNIT_TEST(nothingIsKeptByALoopThatHasEnded);
    CPPUNIT_TEST(checksDoNotCheck);
    CPPUNIT_TEST(nothingOfAPluginInQuarantineIsReleased);
    CPPUNIT_TEST(nothingIsTransformedByAPluginInQuarantine);
    CPPUNIT_TEST_SUITE_END();

public:
    // On a thread of its own, which sees the last request of a generation go while it looks at it.
    void aVisitorMayEndTheTurn() {
        DispatchFixture f;
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        f.reload();
        void* self = nullptr;
        const auto* const routes = service<mortise_routes_table>(f, MORTISE_ROUTES_SERVICE, self);
        struct Walk {
            DispatchFixture& f;
            mortise_exchange turn;
            std::weak_ptr<host::Generation> generation;
            std::string patterns;
        } walk{f, turn, f.first, {}};
        f.first.reset();
        f.lease.reset(); // which keeps what it was made of
        std::thread thread([&] {
            const mortise_status status = routes->visit(
                self, turn,
                [](void* context, const mortise_route* route, mortise_view) {
                    auto& at = *static_cast<Walk*>(context);
                    at.patterns.append(host::text(route->pattern)).push_back(' ');
                    if (at.patterns != "/loop ") return;
                    at.f.app.reply(at.turn);
                    at.f.environment.runPosted(); // the loop goes on at this very moment
                    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, at.f.dispatcher->open());
                    CPPUNIT_ASSERT(!at.generation.expired());
                },
                &walk);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, status);
        });
        thread.join();
        CPPUNIT_ASSERT_EQUAL(std::string("/loop /worker /private /body /upload "), walk.patterns);
        CPPUNIT_ASSERT(walk.generation.expired());
        CPPUNIT_ASSERT_EQUAL(209, f.client->sent().status);
    }
    void routesOfWhatIsOverAreStale() {
        DispatchFixture f;
        mortise_exchange turn = 0;
        const auto visitor = [](void* count, const mortise_route*, mortise_view) { ++*static_cast<int*>(count); };
        int count = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        void* self = nullptr;
        const auto* const routes = service<mortise_routes_table>(f, MORTISE_ROUTES_SERVICE, self);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, routes->visit(self, turn, nullptr, nullptr));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, routes->visit(self, 0, visitor, &count));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, routes->visit(self, turn, visitor, &count));
        f.app.reply(turn);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, routes->visit(self, turn, visitor, &count));
        CPPUNIT_ASSERT_EQUAL(5, count);
    }
    // Also on a worker, where no other handle has.
    void aTurnAtTheResponseHasItsGeneration() {
        DispatchFixture f;
        f.turn->placement = MORTISE_PLACEMENT_WORKER;
        f.turn->flags = 0;
        f.turn->phases = MORTISE_PHASE_RESPOND;
        int found = 0;
        int others = 0;
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            f.app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.turn->respond = [&](mortise_exchange handle, mortise_response&) {
            found += f.table.generationOf(handle) == f.first ? 1 : 0;
            others += f.table.generationOf(turn) != nullptr ? 1 : 0;
            return MORTISE_OK;
        };
        f.serve();
        f.get("/loop");
        f.environment.runTask();
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(1, found);
        CPPUNIT_ASSERT_EQUAL(0, others);
    }
    // The bytes that it is given are the response's.
    void aTransformerChangesNoHead() {
        DispatchFixture f;
        struct Chunks {
            mortise_response* response = nullptr;
            mortise_transformer transformer{};
            std::vector<mortise_status> statuses;
            std::string seen;
        } chunks;
        chunks.transformer.struct_size = sizeof(mortise_transformer);
        chunks.transformer.context = &chunks;
        chunks.transformer.chunk = [](void* context, mortise_view data, std::uint32_t, std::uint32_t, mortise_emit emit,
                                      void* sink) {
            auto& self = *static_cast<Chunks*>(context);
            self.statuses = change(*self.response, self.transformer);
            self.seen = std::string(host::text(data));
            emit(sink, host::view("made"));
            return MORTISE_OK;
        };
        f.watch->onRespond = [&](mortise_response& response) {
            chunks.response = &response;
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.transform(response.context, &chunks.transformer));
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                                 response.add_field(response.context, host::view("X-After"), host::view("1")));
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        CPPUNIT_ASSERT(std::vector<mortise_status>(6, MORTISE_INVALID) == chunks.statuses);
        CPPUNIT_ASSERT_EQUAL(std::string("own"), chunks.seen);
        CPPUNIT_ASSERT_EQUAL(std::string("made"), f.client->sent().body);
    }
    // Views of fields go when the fields change, and may be what they are changed by.
    void fieldsMayBeMadeOfFields() {
        DispatchFixture f;
        const std::string value(40, 'v');
        f.watch->onRespond = [&](mortise_response& response) {
            void* const context = response.context;
            const auto first = host::view("X-First");
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.add_field(context, first, host::view(value)));
            for (int i = 0; i < 20; ++i) {
                const std::string name = "X-Copy-" + std::to_string(i);
                const mortise_status status =
                    response.add_field(context, host::view(name), response.field(context, first));
                CPPUNIT_ASSERT_EQUAL(MORTISE_OK, status);
                CPPUNIT_ASSERT_EQUAL(value, std::string(host::text(response.field(context, host::view(name)))));
            }
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.set_field(context, first, host::view("X-Copy-1")));
            const mortise_view named = response.field(context, first);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.set_field(context, named, host::view("new")));
            CPPUNIT_ASSERT_EQUAL(std::string("new"),
                                 std::string(host::text(response.field(context, host::view("X-Copy-1")))));
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.remove_field(context, response.field(context, first)));
            CPPUNIT_ASSERT(response.field(context, host::view("X-Copy-1")).data == nullptr);
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
    }
    // The caller has its context still, and nobody calls it back before that is known.
    void nothingIsKeptByALoopThatHasEnded() {
        DispatchFixture f;
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        f.environment.end();
        void* self = nullptr;
        const auto* const tasks = service<mortise_task_table>(f, MORTISE_TASK_SERVICE, self);
        int called = 0;
        const auto call = [](void* count) { ++*static_cast<int*>(count); };
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, tasks->post(self, turn, call, &called, call));
        CPPUNIT_ASSERT_EQUAL(0, called);
    }
    void checksDoNotCheck() {
        DispatchFixture f;
        f.serve();
        void* self = nullptr;
        const auto* const readiness = service<mortise_readiness_table>(f, MORTISE_READINESS_SERVICE, self);
        struct Checking {
            const mortise_readiness_table* table;
            void* self;
            int count = 0;
        } inside{readiness, self};
        const auto visit = [](void* context, mortise_view, mortise_status, mortise_view) {
            auto& at = *static_cast<Checking*>(context);
            ++at.count;
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, at.table->check(at.self, nullptr, nullptr));
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, readiness->check(self, visit, &inside));
        CPPUNIT_ASSERT_EQUAL(2, inside.count);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, readiness->check(self, visit, &inside)); // it is over
    }
    void nothingOfAPluginInQuarantineIsReleased() {
        DispatchFixture f;
        f.turn->phases = 0;
        f.turn->flags = 0;
        mortise_exchange turn = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            turn = handle;
            return MORTISE_PENDING;
        };
        f.serve();
        f.get("/loop");
        f.log.setSink(std::make_shared<host::LogSink>(
            host::LogSink{f.instance("app").owner(), mortise_plugin_log_sink{}, f.instance("app").self()}));
        f.quarantine("app");
        f.app.reply(turn);
        f.environment.runPosted();
        CPPUNIT_ASSERT_EQUAL(0, f.app.released.load());
        CPPUNIT_ASSERT(f.log.sink() == nullptr);
        // It was the router, too.
        CPPUNIT_ASSERT_EQUAL(503, f.get("/nowhere"));
    }
    void nothingIsTransformedByAPluginInQuarantine() {
        for (const bool late : {false, true}) {
            DispatchFixture f;
            struct Calls {
                int chunks = 0, released = 0;
            } calls;
            mortise_transformer transformer{};
            transformer.struct_size = sizeof transformer;
            transformer.context = &calls;
            transformer.chunk = [](void* context, mortise_view, std::uint32_t, std::uint32_t, mortise_emit, void*) {
                ++static_cast<Calls*>(context)->chunks;
                return MORTISE_OK;
            };
            transformer.release = [](void* context) { ++static_cast<Calls*>(context)->released; };
            f.watch->onRespond = [&](mortise_response& response) {
                if (response.may_transform == 0) return;
                CPPUNIT_ASSERT_EQUAL(MORTISE_OK, response.transform(response.context, &transformer));
            };
            f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
                f.app.reply(handle, 209, std::string(20'000, 'x')); // on a worker
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/loop");
            if (late) f.quarantine("app");
            f.environment.runTask();
            f.environment.runPosted();
            CPPUNIT_ASSERT_EQUAL(late ? 0 : 1, calls.chunks);
            CPPUNIT_ASSERT_EQUAL(late ? 0 : 1, calls.released);
            CPPUNIT_ASSERT_EQUAL(late ? 500 : 209, f.client->sent().status);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReentryTest);

} // namespace mortise::dispatch
