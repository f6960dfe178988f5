// SPDX-License-Identifier: Apache-2.0
// The tables by which a response is chosen: media types.
#include "media_types.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::static_files {

class ChoicesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ChoicesTest);
    CPPUNIT_TEST(knowsMediaTypes);
    CPPUNIT_TEST(takesMoreMediaTypes);
    CPPUNIT_TEST(refusesBadMediaTypes);
    CPPUNIT_TEST_SUITE_END();

public:
    void knowsMediaTypes() {
        const MediaTypes types;
        CPPUNIT_ASSERT_EQUAL(std::string_view("text/html; charset=utf-8"), types.of("index.html"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("image/png"), types.of("a/b.c/LOGO.PNG"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("application/octet-stream"), types.of("README"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("application/octet-stream"), types.of("x.unheard-of"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("application/octet-stream"), types.of("x."));
    }
    void takesMoreMediaTypes() {
        const MediaTypes types({"GLB=model/gltf-binary", "txt=text/x-own"});
        CPPUNIT_ASSERT_EQUAL(std::string_view("model/gltf-binary"), types.of("x.glb"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("text/x-own; charset=utf-8"), types.of("x.txt"));
    }
    void refusesBadMediaTypes() {
        CPPUNIT_ASSERT_EQUAL(std::string(), MediaTypes::faultOf("glb=model/gltf-binary"));
        for (const std::string_view bad :
             {"glb", "=a/b", "glb=", "glb=model", "glb=/x", "glb=a/", "glb=a/b c", "glb=a/b\r\nX: y"})
            CPPUNIT_ASSERT_MESSAGE(std::string(bad), !MediaTypes::faultOf(bad).empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChoicesTest);

} // namespace mortise::static_files
