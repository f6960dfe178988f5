// SPDX-License-Identifier: Apache-2.0
// The tables by which an answer is chosen: media types and codings.
#include "acceptable_coding.hpp"
#include "media_types.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::static_files {

class ChoicesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ChoicesTest);
    CPPUNIT_TEST(knowsMediaTypes);
    CPPUNIT_TEST(takesMoreMediaTypes);
    CPPUNIT_TEST(refusesBadMediaTypes);
    CPPUNIT_TEST(weighsCodings);
    CPPUNIT_TEST_SUITE_END();

    static void expect(unsigned quality, std::string_view field, std::string_view coding) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(field), quality, codingQuality(field, coding));
    }

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
    void weighsCodings() {
        expect(1000, "gzip", "gzip");
        expect(1000, "br, GZIP", "gzip");
        expect(500, "gzip;q=0.5", "gzip");
        expect(501, "gzip ; q=0.501, *;q=0", "gzip");
        expect(0, "gzip;q=0", "gzip");
        expect(0, "br", "gzip");
        expect(300, "*;q=0.3", "gzip");
        expect(0, "*, gzip;q=0.000", "gzip");
        expect(1000, "gzip;q=1.000", "gzip");
        for (const std::string_view bad :
             {"gzip;q=2", "gzip;q=1.001", "gzip;q=0.1234", "gzip;q=", "gzip;q=x", "gzip;level=9"})
            expect(0, bad, "gzip");
        expect(0, "", "gzip");
        expect(0, ",,;,", "gzip");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChoicesTest);

} // namespace mortise::static_files
