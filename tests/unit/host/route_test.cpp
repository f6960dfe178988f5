// SPDX-License-Identifier: Apache-2.0
#include "host/route.hpp"

#include "host/module_names.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

namespace {

mortise_status handle(void*, mortise_exchange, const mortise_request*) {
    return MORTISE_ERROR;
}

mortise_route flawless() {
    mortise_route route{};
    route.struct_size = sizeof route;
    route.method = view("GET");
    route.pattern = view("/users/:id");
    route.handle = &handle;
    return route;
}

// The owner is only remembered.
Instance& nobody() {
    static char place;
    return reinterpret_cast<Instance&>(place);
}

std::string faultOf(const std::function<void(mortise_route&)>& spoil) {
    mortise_route declared = flawless();
    spoil(declared);
    const auto route = makeRoute(declared, nobody());
    return route ? std::string() : route.fault();
}

void assertNames(const std::string& fault, std::string_view part) {
    CPPUNIT_ASSERT_MESSAGE("'" + fault + "' lacks '" + std::string(part) + "'", fault.find(part) != std::string::npos);
}

std::string patternFault(std::string_view pattern) {
    const auto names = parsePattern(pattern);
    return names ? std::string() : names.fault();
}

} // namespace

class RouteTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RouteTest);
    CPPUNIT_TEST(refusesBadPatterns);
    CPPUNIT_TEST(refusesUnknownFlagsAndPlaces);
    CPPUNIT_TEST(refusesUnknownMethods);
    CPPUNIT_TEST(refusesContradictions);
    CPPUNIT_TEST(refusesWhatMeansNothing);
    CPPUNIT_TEST(isIdempotentWhereThatMeansSomething);
    CPPUNIT_TEST(refusesMembersThatNeverCome);
    CPPUNIT_TEST(refusesResponsesThatCannotBe);
    CPPUNIT_TEST(refusesFieldsThatCannotBe);
    CPPUNIT_TEST(readsResponsesByTheirStride);
    CPPUNIT_TEST(refusesSchemasThatDoNotCompile);
    CPPUNIT_TEST(listsParameters);
    CPPUNIT_TEST(copiesTheDeclaration);
    CPPUNIT_TEST(namesMethodsBothWays);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadPatterns() {
        assertNames(patternFault(""), "starts with '/'");
        assertNames(patternFault("users"), "starts with '/'");
        assertNames(patternFault("/a/:"), "':' is not a parameter name");
        assertNames(patternFault("/a/:1x"), "':1x'");
        assertNames(patternFault("/a/:na-me"), "':na-me'");
        assertNames(patternFault("/*rest/b"), "not the last segment");
        assertNames(patternFault("/:a/:a"), "'a' is there twice");
        assertNames(patternFault("/:a/*a"), "'a' is there twice");
        for (const char* literal : {"/a b", "/a?b", "/a#b", "/a%20b", "/a\x7f", "/a\tb"})
            assertNames(patternFault(literal), "literal text");
        for (const char* dots : {"/.", "/..", "/a/../b", "/a/./b"}) assertNames(patternFault(dots), "dot segments");
        std::string many;
        for (int i = 0; i < 17; ++i) many += "/:p" + std::to_string(i);
        assertNames(patternFault(many), "at most 16");
        assertNames(patternFault("/" + std::string(2048, 'a')), "2048");
        assertNames(faultOf([](mortise_route& r) { r.pattern = view("no-slash"); }), "pattern 'no-slash'");
    }

    void refusesUnknownFlagsAndPlaces() {
        assertNames(faultOf([](mortise_route& r) { r.flags = 0x80000001u; }), "unknown route flag 2147483648");
        assertNames(faultOf([](mortise_route& r) { r.placement = 3; }), "placement 3");
        assertNames(faultOf([](mortise_route& r) { r.authentication = 3; }), "authentication need 3");
    }

    void refusesUnknownMethods() {
        for (const std::string_view method : {"", "get", "TRACE", "CONNECT", "GET ", "FETCH"}) {
            assertNames(faultOf([method](mortise_route& r) { r.method = view(method); }), "unknown method");
        }
    }

    void refusesContradictions() {
        assertNames(faultOf([](mortise_route& r) { r.handle = nullptr; }), "no handler");
        assertNames(faultOf([](mortise_route& r) { r.role = view("admin"); }), "role");
        assertNames(faultOf([](mortise_route& r) {
                        r.role = view("admin");
                        r.authentication = MORTISE_AUTHENTICATION_OPTIONAL;
                    }),
                    "role");
        assertNames(faultOf([](mortise_route& r) {
                        r.flags = MORTISE_ROUTE_RAW_BODY;
                        r.body_schema = view("{}");
                    }),
                    "raw body");
        assertNames(faultOf([](mortise_route& r) { r.flags = MORTISE_ROUTE_RAW_BODY | MORTISE_ROUTE_MULTIPART; }),
                    "raw or multipart");
        assertNames(
            faultOf([](mortise_route& r) { r.body_schema = view(R"({"properties":{"f":{"format":"binary"}}})"); }),
            "only a multipart route takes");
    }

    void refusesWhatMeansNothing() {
        assertNames(faultOf([](mortise_route& r) { r.flags = MORTISE_ROUTE_NUL_IN_BODY; }), "no schema of a body");
        assertNames(faultOf([](mortise_route& r) { r.flags = MORTISE_ROUTE_ALSO_FORMS; }),
                    "forms are taken beside JSON");
        assertNames(faultOf([](mortise_route& r) {
                        r.flags = MORTISE_ROUTE_ALSO_FORMS | MORTISE_ROUTE_MULTIPART;
                        r.body_schema = view("{}");
                    }),
                    "forms are taken beside JSON");
        assertNames(faultOf([](mortise_route& r) { r.flags = MORTISE_ROUTE_BODY_OPTIONAL; }), "there is none");
        assertNames(faultOf([](mortise_route& r) { r.body_limit = 1; }), "body limit");
        assertNames(faultOf([](mortise_route& r) { r.body_media_types = view("image/png"); }), "not raw");
        assertNames(faultOf([](mortise_route& r) { r.flags = MORTISE_ROUTE_REJECT_UNKNOWN; }), "no schema");
    }

    void isIdempotentWhereThatMeansSomething() {
        const auto fault = [](std::string_view method, std::uint32_t flags = 0,
                              std::uint32_t placement = MORTISE_PLACEMENT_WORKER) {
            return faultOf([=](mortise_route& r) {
                r.method = view(method);
                r.flags = MORTISE_ROUTE_IDEMPOTENT | flags;
                r.placement = placement;
            });
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), fault("POST"));
        CPPUNIT_ASSERT_EQUAL(std::string(), fault("PATCH"));
        for (const std::string_view method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
            assertNames(fault(method), "one of POST or PATCH");
        assertNames(fault("POST", 0, MORTISE_PLACEMENT_LOOP), "without a worker");
        CPPUNIT_ASSERT_EQUAL(std::string(), fault("POST", 0, MORTISE_PLACEMENT_DATABASE_READ));
        CPPUNIT_ASSERT_EQUAL(std::string(), fault("POST", MORTISE_ROUTE_RAW_BODY));
        assertNames(fault("POST", MORTISE_ROUTE_MULTIPART), "not multipart");
        assertNames(fault("POST", MORTISE_ROUTE_NO_TRANSFORM), "secrets");
    }

    void refusesMembersThatNeverCome() {
        const auto members = [](mortise_view mortise_route::*which, std::string_view schema) {
            return faultOf([=](mortise_route& r) { r.*which = view(schema); });
        };
        const auto path = &mortise_route::path_schema;
        CPPUNIT_ASSERT_EQUAL(std::string(), members(path, R"({"properties":{"id":{"type":"integer"}}})"));
        CPPUNIT_ASSERT_EQUAL(std::string(), members(path, R"({"properties":{}})"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("path schema: the member 'idd' is no parameter of the pattern; did you mean 'id'?"),
            members(path, R"({"properties":{"idd":{"type":"integer"}}})"));
        CPPUNIT_ASSERT_EQUAL(std::string("path schema: the member 'slug' is no parameter of the pattern"),
                             members(path, R"({"properties":{"id":{}},"required":["slug"]})"));
        assertNames(members(path, R"({"allOf":[{"properties":{"user":{}}}]})"), "the member 'user'");
        assertNames(members(path, R"({"properties":{"id":{"type":"object"}}})"), "the member 'id' is an object");
        const auto header = &mortise_route::header_schema;
        CPPUNIT_ASSERT_EQUAL(std::string(), members(header, R"({"properties":{"x-a_1":{}}})"));
        assertNames(members(header, R"({"properties":{"X-A":{}}})"), "'X-A' is not in lower case");
        assertNames(members(header, R"({"properties":{"x a":{}}})"), "'x a' is not the name of a header field");
        assertNames(members(header, R"({"properties":{"":{}}})"), "is not the name of a header field");
        assertNames(members(header, R"({"properties":{"a":{"type":["object","null"]}}})"), "is an object");
        const auto cookie = &mortise_route::cookie_schema;
        CPPUNIT_ASSERT_EQUAL(std::string(), members(cookie, R"({"properties":{"__Host-a":{}}})"));
        assertNames(members(cookie, R"({"properties":{"a=b":{}}})"), "'a=b' is not the name of a cookie");
        assertNames(members(cookie, R"({"properties":{"a":{"type":"object"}}})"), "is an object");
    }

    static mortise_route_response response(std::uint32_t status, std::string_view schema = {},
                                           std::string_view mediaType = {}, std::string_view message = {}) {
        mortise_route_response made{};
        made.status = status;
        made.schema = view(schema);
        made.media_type = view(mediaType);
        made.message = view(message);
        return made;
    }
    static std::string faultOfResponse(mortise_route_response one,
                                       std::uint32_t size = sizeof(mortise_route_response)) {
        return faultOf([&](mortise_route& r) {
            r.responses = &one;
            r.response_count = 1;
            r.response_size = size;
        });
    }

    void refusesResponsesThatCannotBe() {
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOfResponse(response(200, "{}")));
        for (const std::uint32_t status : {0u, 100u, 600u})
            assertNames(faultOfResponse(response(status)), "status " + std::to_string(status));
        assertNames(faultOfResponse(response(204, "{}")), "204 is documented with a body");
        assertNames(faultOfResponse(response(304, {}, "text/plain")), "304 is documented with a body");
        for (const std::uint32_t size : {0u, 8u, 56u, 71u, 73u})
            assertNames(faultOfResponse(response(200), size), "response_size " + std::to_string(size));
        assertNames(faultOf([](mortise_route& r) { r.response_count = 1; }), "responses");
    }

    void refusesFieldsThatCannotBe() {
        const auto fault = [](const std::vector<mortise_route_field>& fields,
                              std::uint32_t size = sizeof(mortise_route_field)) {
            mortise_route_response one = response(201);
            one.fields = fields.data();
            one.field_count = static_cast<std::uint32_t>(fields.size());
            one.field_size = size;
            return faultOfResponse(one);
        };
        const auto named = [](std::string_view name, std::string_view schema = {}) {
            return mortise_route_field{view(name), {}, view(schema)};
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), fault({named("Location"), named("X-Count", R"({"type":"integer"})")}));
        for (const char* name : {"", "a b", "a:", "X\r\nY: 1", "\xc3\xa9"})
            assertNames(fault({named(name)}), "201: the header field");
        assertNames(fault({named("content-TYPE")}), "is documented by the media type");
        assertNames(fault({named("ETag"), named("Link"), named("etag")}), "'etag' is documented twice");
        assertNames(fault({named("X-Count", "{")}), "'X-Count': its schema at");
        for (const std::uint32_t size : {0u, 8u, 47u, 49u})
            assertNames(fault({named("ETag")}, size), "field_size " + std::to_string(size));
        mortise_route_response none = response(200);
        none.field_count = 1;
        none.field_size = sizeof(mortise_route_field);
        assertNames(faultOfResponse(none), "there are no fields");
    }

    // As a plugin of the future sends them: with more behind each.
    void readsResponsesByTheirStride() {
        struct LongerField {
            mortise_route_field known;
            std::uint64_t unknown;
        };
        const LongerField fields[] = {{{view("ETag"), {}, {}}, ~0ull}, {{view("Link"), view("said"), {}}, ~0ull}};
        struct Longer {
            mortise_route_response known;
            std::uint64_t unknown;
        };
        Longer responses[] = {{response(200, {}, {}, "one"), ~0ull}, {response(404, {}, {}, "two"), ~0ull}};
        responses[1].known.fields = &fields[0].known;
        responses[1].known.field_count = 2;
        responses[1].known.field_size = sizeof(LongerField);
        mortise_route declared = flawless();
        declared.responses = &responses[0].known;
        declared.response_count = 2;
        declared.response_size = sizeof(Longer);
        const auto made = makeRoute(declared, nobody());
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.fault(), static_cast<bool>(made));
        const auto& kept = made.value().notes.responses;
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, kept.size());
        CPPUNIT_ASSERT(kept[0].fields.empty());
        CPPUNIT_ASSERT_EQUAL(std::string("two"), kept[1].message);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, kept[1].fields.size());
        CPPUNIT_ASSERT_EQUAL(std::string("Link said"), kept[1].fields[1].name + " " + kept[1].fields[1].text);
    }

    void refusesSchemasThatDoNotCompile() {
        assertNames(faultOf([](mortise_route& r) { r.body_schema = view("{"); }), "body schema");
        assertNames(faultOf([](mortise_route& r) { r.query_schema = view(R"({"type":"objekt"})"); }),
                    "query schema at '/type'");
        assertNames(faultOf([](mortise_route& r) { r.header_schema = view(R"({"type":"objekt"})"); }),
                    "header schema at '/type'");
        assertNames(faultOf([](mortise_route& r) { r.cookie_schema = view(R"({"type":"objekt"})"); }),
                    "cookie schema at '/type'");
        assertNames(faultOf([](mortise_route& r) { r.path_schema = view(R"({"properties":{"id":{"minimum":"x"}}})"); }),
                    "path schema at '/properties/id/minimum'");
    }

    void listsParameters() {
        const auto names = [](std::string_view pattern) { return parsePattern(pattern).value(); };
        CPPUNIT_ASSERT(names("/").empty());
        CPPUNIT_ASSERT(names("/a/b.c-d_e~").empty());
        CPPUNIT_ASSERT(names("/a/").empty()); // another path than /a
        CPPUNIT_ASSERT((std::vector<std::string>{"id", "rest"}) == names("/users/:id/*rest"));
        CPPUNIT_ASSERT((std::vector<std::string>{"_a1"}) == names("/:_a1/x"));
        CPPUNIT_ASSERT(names("/a:b/c*").empty()); // only the first character makes a parameter
    }

    void copiesTheDeclaration() {
        std::string pattern = "/users/:id";
        mortise_route declared = flawless();
        declared.pattern = view(pattern);
        declared.method = view("PATCH");
        declared.flags = MORTISE_ROUTE_PRIVATE | MORTISE_ROUTE_QUIET;
        declared.authentication = MORTISE_AUTHENTICATION_REQUIRED;
        declared.role = view("admin");
        declared.body_schema = view(R"({"type":"object"})");
        declared.tags = view("users, admin");
        declared.body_limit = 77;
        const mortise_route_response responses[] = {{200, 0, view("{}"), view("fine"), {}},
                                                    {404, 0, {}, view("gone"), view("text/plain")}};
        declared.responses = responses;
        declared.response_count = 2;
        declared.response_size = sizeof responses[0];
        const auto made = makeRoute(declared, nobody());
        pattern.assign(pattern.size(), 'X');
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.fault(), static_cast<bool>(made));
        const Route& route = made.value();
        CPPUNIT_ASSERT_EQUAL(std::string("PATCH /users/:id"), route.describe());
        CPPUNIT_ASSERT_EQUAL(std::string("admin"), route.role);
        CPPUNIT_ASSERT(route.takesBody() && route.body && !route.query && !route.path);
        CPPUNIT_ASSERT_EQUAL(std::string("users, admin"), route.notes.tags);
        CPPUNIT_ASSERT(route.notes.responses.size() == 2 && route.notes.responses[1].status == 404 &&
                       route.notes.responses[1].message == "gone" &&
                       route.notes.responses[1].mediaType == "text/plain");
        CPPUNIT_ASSERT(route.bodyLimit == 77 && route.handle == &handle && route.owner == &nobody());
    }

    void namesMethodsBothWays() {
        for (const std::string_view name : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            CPPUNIT_ASSERT(methodFromText(name));
            CPPUNIT_ASSERT(methodText(*methodFromText(name)) == name);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RouteTest);

} // namespace mortise::host
