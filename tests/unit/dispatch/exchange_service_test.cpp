// SPDX-License-Identifier: Apache-2.0
// What the calls of mortise.exchange/1 come to: nothing done, or the turn ended.
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <string>
#include <vector>

namespace mortise::dispatch {

class ExchangeServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ExchangeServiceTest);
    CPPUNIT_TEST(whatIsInvalidDidNothing);
    CPPUNIT_TEST(whatIsRefusedEndedTheTurn);
    CPPUNIT_TEST(readsDetailsByTheirStride);
    CPPUNIT_TEST_SUITE_END();

    using Spoil = std::function<void(mortise_reply&)>;

    // What a reply that was spoilt comes to, what a good one after it does, and what the client reads.
    struct Outcome {
        mortise_status first, second;
        int status, released;
    };
    static Outcome spoilt(const Spoil& spoil) {
        tests::DispatchFixture f;
        Outcome made{};
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            mortise_reply reply{};
            reply.struct_size = sizeof reply;
            reply.status = 200;
            reply.body = host::view("x");
            reply.release = [](void* count) { ++*static_cast<int*>(count); };
            reply.release_context = &made.released;
            spoil(reply);
            made.first = f.app.exchange->reply(f.app.exchangeSelf, handle, &reply);
            made.second = f.app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        made.status = f.client->sent().status;
        return made;
    }

    void whatIsInvalidDidNothing() {
        const std::vector<Spoil> mistakes{
            [](mortise_reply& reply) { reply.struct_size = 0; },
            [](mortise_reply& reply) { reply.struct_size = sizeof reply - 8; },
            [](mortise_reply& reply) { reply.flags = 1u << 30; },
            [](mortise_reply& reply) { reply.field_count = 1; },
            [](mortise_reply& reply) { reply.header_block = 77; },
        };
        for (const Spoil& spoil : mistakes) {
            const Outcome made = spoilt(spoil);
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, made.first);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, made.second);
            CPPUNIT_ASSERT_EQUAL(209, made.status);
            CPPUNIT_ASSERT_EQUAL(0, made.released); // the body is still the plugin's
        }
    }
    void whatIsRefusedEndedTheTurn() {
        const mortise_field framing{host::view("Content-Length"), host::view("1")};
        const std::vector<Spoil> faults{
            [](mortise_reply& reply) { reply.status = 42; },
            [](mortise_reply& reply) { reply.content_type = host::view("a\r\nb"); },
            [&](mortise_reply& reply) {
                reply.fields = &framing;
                reply.field_count = 1;
            },
        };
        for (const Spoil& spoil : faults) {
            const Outcome made = spoilt(spoil);
            CPPUNIT_ASSERT_EQUAL(MORTISE_REFUSED, made.first);
            CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, made.second);
            CPPUNIT_ASSERT_EQUAL(500, made.status);
            CPPUNIT_ASSERT_EQUAL(1, made.released);
        }
    }
    void readsDetailsByTheirStride() {
        struct Grown {
            mortise_error_detail known;
            std::uint64_t later;
        };
        tests::DispatchFixture f;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            const Grown details[] = {
                {{host::view("body"), host::view("/a"), host::view("one"), host::view("first")}, 1},
                {{host::view("query"), host::view("/b"), host::view("two"), host::view("second")}, 2}};
            mortise_error_reply reply{};
            reply.struct_size = sizeof reply;
            reply.status = 422;
            reply.message = host::view("what happened");
            reply.details = &details[0].known;
            reply.detail_count = 2;
            for (const std::uint32_t stride : {0u, 8u, 68u}) {
                reply.detail_size = stride;
                CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, f.app.exchange->reply_error(f.app.exchangeSelf, handle, &reply));
            }
            reply.detail_size = sizeof(Grown);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, f.app.exchange->reply_error(f.app.exchangeSelf, handle, &reply));
            return MORTISE_REPLIED;
        };
        f.serve();
        CPPUNIT_ASSERT_EQUAL(422, f.get("/loop"));
        const std::string body = f.client->sent().body;
        for (const char* part : {"what happened", "/a", "first", "/b", "second"})
            CPPUNIT_ASSERT_MESSAGE(body, body.find(part) != std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExchangeServiceTest);

} // namespace mortise::dispatch
