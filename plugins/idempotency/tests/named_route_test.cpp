// SPDX-License-Identifier: Apache-2.0
#include "named_route.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>
#include <string>

namespace {

using mortise::idempotency::NamedRoute;

class NamedRouteTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NamedRouteTest);
    CPPUNIT_TEST(hasAMethodAndAPattern);
    CPPUNIT_TEST(isNothingElse);
    CPPUNIT_TEST_SUITE_END();

public:
    void hasAMethodAndAPattern() {
        for (const char* text : {"PATCH /api/users/:id", "PATCH   /api/users/:id"}) {
            const std::optional<NamedRoute> route = NamedRoute::parse(text);
            CPPUNIT_ASSERT_MESSAGE(text, route.has_value());
            CPPUNIT_ASSERT_EQUAL(std::string("PATCH"), route->method);
            CPPUNIT_ASSERT_EQUAL(std::string("/api/users/:id"), route->pattern);
        }
        CPPUNIT_ASSERT(NamedRoute::parse("POST /"));
    }
    void isNothingElse() {
        for (const char* text : {"", " ", "POST", "POST ", "/a", "GET /a", "* /a", "post /a", "POST a", "POST /a /b",
                                 " POST /a", "POST/a"})
            CPPUNIT_ASSERT_MESSAGE(text, !NamedRoute::parse(text));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NamedRouteTest);

} // namespace
