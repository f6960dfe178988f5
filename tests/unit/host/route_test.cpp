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
        const mortise_route_answer answers[] = {{200, 0, view("{}"), view("fine")}, {404, 0, {}, view("gone")}};
        declared.answers = answers;
        declared.answer_count = 2;
        const auto made = makeRoute(declared, nobody());
        pattern.assign(pattern.size(), 'X');
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.fault(), static_cast<bool>(made));
        const Route& route = made.value();
        CPPUNIT_ASSERT_EQUAL(std::string("PATCH /users/:id"), route.describe());
        CPPUNIT_ASSERT_EQUAL(std::string("admin"), route.role);
        CPPUNIT_ASSERT(route.takesBody() && route.body && !route.query && !route.path);
        CPPUNIT_ASSERT_EQUAL(std::string("users, admin"), route.notes.tags);
        CPPUNIT_ASSERT(route.notes.answers.size() == 2 && route.notes.answers[1].status == 404 &&
                       route.notes.answers[1].text == "gone");
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
