// SPDX-License-Identifier: Apache-2.0
#include <mortise/text/accept_encoding.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {

class AcceptEncodingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AcceptEncodingTest);
    CPPUNIT_TEST(leavesMalformedMembersOut);
    CPPUNIT_TEST(choosesByWeight);
    CPPUNIT_TEST(joinsFields);
    CPPUNIT_TEST(offersOnlyWhatIsPreferred);
    CPPUNIT_TEST(weighsOne);
    CPPUNIT_TEST(knowsNames);
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
        AcceptEncoding accepted;
        accepted.add("gzip;q=0.2");
        accepted.add("br;q=0.1, zstd;q=0.3");
        CPPUNIT_ASSERT_EQUAL(std::string("zstd"), std::string(nameOf(accepted.choose(all_))));
        CPPUNIT_ASSERT_EQUAL(std::string("identity"), std::string(nameOf(AcceptEncoding().choose(all_))));
    }
    void offersOnlyWhatIsPreferred() {
        AcceptEncoding accepted;
        accepted.add("br, gzip;q=0.5");
        CPPUNIT_ASSERT(accepted.choose(std::vector<ContentCoding>()) == ContentCoding::identity);
        CPPUNIT_ASSERT(accepted.choose(std::array{ContentCoding::gzip}) == ContentCoding::gzip);
        CPPUNIT_ASSERT(accepted.choose(std::array{ContentCoding::gzip, ContentCoding::brotli}) ==
                       ContentCoding::brotli);
        accepted.add("gzip");
        CPPUNIT_ASSERT(accepted.choose(std::array{ContentCoding::gzip, ContentCoding::brotli}) == ContentCoding::gzip);
    }
    void weighsOne() {
        const auto weight = [](std::string_view field) { return AcceptEncoding(field).quality(ContentCoding::gzip); };
        static constexpr std::pair<const char*, Quality> table[] = {
            {"gzip", 1000},
            {"br, GZIP", 1000},
            {"gzip;q=0.5", 500},
            {"gzip ; q=0.501, *;q=0", 501},
            {"gzip;q=0", 0},
            {"br", 0},
            {"*;q=0.3", 300},
            {"*, gzip;q=0.000", 0},
            {"gzip;q=1.000", 1000},
            {"gzip;q=2, *;q=0.2", 200},
            {"", 0},
            {",,;,", 0},
            {"gzip;level=9", 0},
            {"xgzip", 0},
            {"*;q=0", 0},
            {"gzip;q=1, *;q=0", 1000},
        };
        for (const auto& [field, quality] : table) CPPUNIT_ASSERT_EQUAL_MESSAGE(field, quality, weight(field));
        CPPUNIT_ASSERT_EQUAL(0, AcceptEncoding("gzip").quality(ContentCoding::identity));
    }
    void knowsNames() {
        for (const ContentCoding coding : contentCodings) CPPUNIT_ASSERT(contentCodingOf(nameOf(coding)) == coding);
        CPPUNIT_ASSERT(contentCodingOf("X-GZip") == ContentCoding::gzip);
        for (const char* name : {"", "gzi", "gzipp", "brotli", "*"}) CPPUNIT_ASSERT(!contentCodingOf(name));
    }

private:
    void expect(const std::string& name, const std::string& field) {
        AcceptEncoding accepted;
        accepted.add(field);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(field, name, std::string(nameOf(accepted.choose(all_))));
    }

    const std::vector<ContentCoding> all_{ContentCoding::brotli, ContentCoding::zstd, ContentCoding::gzip};
};

CPPUNIT_TEST_SUITE_REGISTRATION(AcceptEncodingTest);

} // namespace mortise
