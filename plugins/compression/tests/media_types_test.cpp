// SPDX-License-Identifier: Apache-2.0
#include "media_types.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::compression {

class MediaTypesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MediaTypesTest);
    CPPUNIT_TEST(refusesBadTypes);
    CPPUNIT_TEST(knowsTypes);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadTypes() {
        for (const char* pattern : {"", "*", "text", "/html", "text/", "*/html", "text/h*", "text/**", "text/html;q=1",
                                    "text/html, b", "*+", "*+js*n"})
            CPPUNIT_ASSERT_MESSAGE(pattern, !MediaTypes::faultOf(pattern).empty());
        for (const char* pattern : {"text/*", "text/html", "*+json", "image/svg+xml"})
            CPPUNIT_ASSERT_MESSAGE(pattern, MediaTypes::faultOf(pattern).empty());
    }
    void knowsTypes() {
        const MediaTypes types({"Text/*", "application/json", "*+json"});
        for (const char* type : {"", "text", "textile/html", "application/jsonp", "application/json+x", "image/png",
                                 "+json", "application/octet-stream; x=text/html"})
            CPPUNIT_ASSERT_MESSAGE(type, !types.contain(type));
        for (const char* type : {"text/html", "TEXT/plain; charset=utf-8", "application/JSON ; charset=utf-8",
                                 "application/problem+json", "application/vnd.x+JSON;v=1"})
            CPPUNIT_ASSERT_MESSAGE(type, types.contain(type));
        CPPUNIT_ASSERT(!MediaTypes().contain("text/html"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MediaTypesTest);

} // namespace mortise::compression
