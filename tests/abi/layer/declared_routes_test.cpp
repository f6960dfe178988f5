// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/bounded_body.hpp>
#include <mortise/declared_routes.hpp>
#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>

using namespace mortise::test;

namespace {

struct Thing {
    std::string name;
};
MORTISE_DESCRIBE(Thing, field(name))

struct Things {
    std::vector<Thing> others, things; // of one type: the member counts
    bool all = false;
};
MORTISE_DESCRIBE(Things, field(others).maxItems(9), field(things).minItems(1).maxItems(9).text("Some"),
                 field(all).defaults(false))

std::string shownBy(const mortise::Request& request) {
    std::string out;
    request.visitRoutes([&](const mortise::DeclaredRoute& route) {
        out.append(route.plugin()).append(" ").append(route.method()).append(" ").append(route.pattern());
        for (std::uint32_t i = 0; i < route.responseCount(); ++i) {
            const mortise::DeclaredResponse response = route.response(i);
            out.append("|").append(std::to_string(response.status)).append(" ").append(response.mediaType);
            out.append(" ").append(response.message).append(response.schema.empty() ? "" : " {}");
            for (std::size_t j = 0; j < response.fieldCount(); ++j) {
                const mortise::DeclaredField field = response.field(j);
                out.append("; ").append(field.name).append("=").append(field.text).append(field.schema);
            }
        }
        out.push_back('\n');
    });
    return out;
}

class Plugin : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.put("/raw")
            .summary("Keeps it")
            .description("As *it* is")
            .operationId("keep")
            .tags("a, b")
            .deprecated()
            .rawBody("image/png, image/gif")
            .replies<Thing>(200, "Kept")
            .header("ETag", "Of it")
            .header<int>("X-Count")
            .repliesMedia(202, "text/csv", "Later")
            .repliesError(409, "Taken")
            .handle([](mortise::Request&) { return mortise::noContent(); });
        setup.get("/show").hidden().handle(
            [](mortise::Request& request) { return mortise::Reply::text(200, shownBy(request)); });
        setup.get("/throw").handle([](mortise::Request& request) -> mortise::Reply {
            unsigned calls = 0;
            try {
                request.visitRoutes([&](const mortise::DeclaredRoute&) {
                    ++calls;
                    throw std::runtime_error("enough");
                });
            } catch (const std::runtime_error& failure) {
                return mortise::Reply::text(200, failure.what() + std::to_string(calls));
            }
            return mortise::noContent();
        });
        setup.post("/things").hidden().body(&Things::things, 3).handle([](mortise::Request&, const Things& body) {
            return mortise::Reply::text(200, std::to_string(body.things.size()));
        });
        setup.get("/generation").handle([](mortise::Request& request) {
            return mortise::Reply::text(200, std::to_string(request.generation()));
        });
    }
};

const mortise_module& module() {
    return *mortise::moduleOf<Plugin>(0, nullptr, "test.declared-routes", "1.0.0");
}

} // namespace

class DeclaredRoutesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeclaredRoutesTest);
    CPPUNIT_TEST(whatIsSaidArrives);
    CPPUNIT_TEST(aListIsBoundedBySettings);
    CPPUNIT_TEST(everyRouteIsShown);
    CPPUNIT_TEST(whatAVisitorThrowsComesOut);
    CPPUNIT_TEST(anOlderHostShowsNothing);
    CPPUNIT_TEST(requestsKnowTheirGeneration);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override { CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.configure()); }

    void whatIsSaidArrives() {
        const FakeRoute& route = host_.route("PUT", "/raw");
        CPPUNIT_ASSERT_EQUAL(std::string("Keeps it"), route.summary);
        CPPUNIT_ASSERT_EQUAL(std::string("As *it* is"), route.description);
        CPPUNIT_ASSERT_EQUAL(std::string("keep"), route.operationId);
        CPPUNIT_ASSERT_EQUAL(std::string("a, b"), route.tags);
        CPPUNIT_ASSERT_EQUAL(std::string("image/png, image/gif"), route.bodyMediaTypes);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ROUTE_DEPRECATED | MORTISE_ROUTE_RAW_BODY, route.flags);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ROUTE_HIDDEN, host_.route("GET", "/show").flags);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, route.responses.size());
        CPPUNIT_ASSERT_EQUAL(mortise::schemaOf<Thing>(), route.responses[0].schema);
        CPPUNIT_ASSERT(route.responses[2].schema.find(R"("title":"Error")") != std::string::npos);
    }
    void aListIsBoundedBySettings() {
        std::string expected = mortise::schemaOf<Things>();
        const std::size_t at = expected.rfind(R"("maxItems":9)");
        expected.replace(at, 12, R"("maxItems":3)");
        CPPUNIT_ASSERT_EQUAL(expected, host_.route("POST", "/things").bodySchema);
        FakeRequest request;
        request.body = R"({"others":[],"things":[{"name":"a"},{"name":"b"},{"name":"c"}]})";
        CPPUNIT_ASSERT_EQUAL(std::string("3"), host_.call("POST", "/things", request).body);
        request.body = R"({"others":[],"things":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}]})";
        CPPUNIT_ASSERT_THROW(host_.call("POST", "/things", request), std::runtime_error);
    }
    void everyRouteIsShown() {
        CPPUNIT_ASSERT_EQUAL(std::string("test PUT /raw|200  Kept {}; ETag=Of it; X-Count={\"type\":\"integer\"}|202 "
                                         "text/csv Later|409  Taken {}\n"
                                         "test GET /show\ntest GET /throw\ntest POST /things\ntest GET /generation\n"),
                             host_.call("GET", "/show").body);
    }
    void whatAVisitorThrowsComesOut() {
        CPPUNIT_ASSERT_EQUAL(std::string("enough1"), host_.call("GET", "/throw").body);
    }
    void anOlderHostShowsNothing() {
        FakeHost older;
        older.routesTable.struct_size = offsetof(mortise_routes_table, visit);
        FakeInstance plugin(older, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const FakeAnswer answer = older.call("GET", "/show");
        CPPUNIT_ASSERT_EQUAL(500u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("visit of mortise.routes/1 is absent"), answer.body);
    }
    void requestsKnowTheirGeneration() {
        host_.generation = 7;
        CPPUNIT_ASSERT_EQUAL(std::string("7"), host_.call("GET", "/generation").body);
    }

private:
    FakeHost host_;
    FakeInstance plugin_{host_, module()};
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeclaredRoutesTest);
