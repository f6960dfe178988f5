// SPDX-License-Identifier: Apache-2.0
#include "media_types.hpp"
#include "negotiation.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::compression {

class NegotiationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NegotiationTest);
    CPPUNIT_TEST(leavesMalformedMembersOut);
    CPPUNIT_TEST(choosesByWeight);
    CPPUNIT_TEST(joinsFields);
    CPPUNIT_TEST(offersOnlyWhatIsPreferred);
    CPPUNIT_TEST(refusesBadTypes);
    CPPUNIT_TEST(knowsTypes);
    CPPUNIT_TEST_SUITE_END();

public:
    void leavesMalformedMembersOut() {
        for (const char* field : {"gzip;q=", "gzip;q=2", "gzip;q=1.001", "gzip;q=0.5000", "gzip;q=.5", "gzip;q=0,5x",
                                  "gzip;r=1", "gzip;", "gzip q=1", "gzi", "gzipp", ";q=1", "\"gzip\"", "gzip;q=1.0a"})
            expect("identity", field);
        expect("br", "gzip;q=7, br;q=0.1");
    }
    void choosesByWeight() {
        static constexpr const char* table[][2] = {
            {"", "identity"},
            {",, ,", "identity"},
            {"identity", "identity"},
            {"compress, deflate", "identity"},
            {"gzip", "gzip"},
            {"GZIP", "gzip"},
            {"x-gzip", "gzip"},
            {"br", "br"},
            {"zstd", "zstd"},
            {"gzip, deflate, br", "br"},
            {"gzip, deflate, br, zstd", "br"},
            {"gzip;q=1.0, br;q=0.9, zstd;q=0.8", "gzip"},
            {"gzip; q=0.5 , zstd ;Q=0.6", "zstd"},
            {"gzip;q=0.001", "gzip"},
            {"gzip;q=0", "identity"},
            {"gzip;q=0.000", "identity"},
            {"*", "br"},
            {"*;q=0.5, gzip", "gzip"},
            {"*, br;q=0", "zstd"},
            {"*;q=0", "identity"},
            {"*;q=0, gzip", "gzip"},
            {"identity;q=1, gzip;q=0.5", "identity"},
            {"identity;q=0.5, gzip;q=0.5", "gzip"},
            {"identity;q=0.5, *;q=0.4", "identity"},
            {"identity;q=0, gzip", "gzip"},
            {"identity;q=0", "identity"}, // better than nothing
            {"identity;q=0, *;q=0", "identity"},
            {"gzip, gzip;q=0", "identity"}, // the last one counts
        };
        for (const auto& row : table) expect(row[1], row[0]);
    }
    void joinsFields() {
        Accepted accepted;
        accepted.add("gzip;q=0.2");
        accepted.add("br;q=0.1, zstd;q=0.3");
        CPPUNIT_ASSERT_EQUAL(std::string("zstd"), std::string(nameOf(accepted.choose(all_))));
        CPPUNIT_ASSERT_EQUAL(std::string("identity"), std::string(nameOf(Accepted().choose(all_))));
    }
    void offersOnlyWhatIsPreferred() {
        Accepted accepted;
        accepted.add("br, gzip;q=0.5");
        CPPUNIT_ASSERT(accepted.choose({}) == Coding::identity);
        CPPUNIT_ASSERT(accepted.choose({Coding::gzip}) == Coding::gzip);
        CPPUNIT_ASSERT(accepted.choose({Coding::gzip, Coding::brotli}) == Coding::brotli);
        accepted.add("gzip");
        CPPUNIT_ASSERT(accepted.choose({Coding::gzip, Coding::brotli}) == Coding::gzip);
    }
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

private:
    void expect(const std::string& name, const std::string& field) {
        Accepted accepted;
        accepted.add(field);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(field, name, std::string(nameOf(accepted.choose(all_))));
    }

    const std::vector<Coding> all_{Coding::brotli, Coding::zstd, Coding::gzip};
};

CPPUNIT_TEST_SUITE_REGISTRATION(NegotiationTest);

} // namespace mortise::compression
