// SPDX-License-Identifier: Apache-2.0
#include <mortise/text/field_text.hpp>
#include <mortise/text/media_type.hpp>
#include <mortise/text/quality.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>
#include <vector>

namespace mortise {

class MediaTypeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MediaTypeTest);
    CPPUNIT_TEST(splitsLists);
    CPPUNIT_TEST(refusesMalformedTypes);
    CPPUNIT_TEST(knowsItsName);
    CPPUNIT_TEST(readsParameters);
    CPPUNIT_TEST(refusesMalformedParameters);
    CPPUNIT_TEST(knowsUtf8);
    CPPUNIT_TEST(readsWeights);
    CPPUNIT_TEST_SUITE_END();

    static std::string joined(std::string_view field) {
        FieldListReader reader(field);
        std::string out;
        for (std::string_view member; reader.next(member);) out.append("[").append(member).append("]");
        return out;
    }
    // "name=value|…", with a "!" behind it where it is malformed.
    static std::string parameters(std::string_view text) {
        ParameterReader reader(text);
        std::string out;
        while (reader.next()) out.append(reader.name()).append("=").append(reader.value()).append("|");
        CPPUNIT_ASSERT(!reader.next());
        return reader.isMalformed() ? out + "!" : out;
    }

public:
    void splitsLists() {
        static constexpr const char* table[][2] = {
            {"", ""},
            {" , ,\t,", ""},
            {"a", "[a]"},
            {" a b ,c", "[a b][c]"},
            {"a;x=\",\", b", "[a;x=\",\"][b]"},
            {R"(a;x="\",", b)", R"([a;x="\","][b])"},
            {R"(a;x="\\", b)", R"([a;x="\\"][b])"},
            {R"(a\,b)", R"([a\][b])"}, // a backslash escapes within quotes only
            {"a;x=\"b, c", "[a;x=\"b, c]"},
            {"\"\\", "[\"\\]"},
        };
        for (const auto& row : table) CPPUNIT_ASSERT_EQUAL_MESSAGE(row[0], std::string(row[1]), joined(row[0]));
    }
    void refusesMalformedTypes() {
        for (const char* text : {"", "/", "text", "text/", "/html", "te xt/html", "text/ht ml", "text/html/x", ";a/b",
                                 "text;/html", "\"text\"/html", "text /html", "t\xc3\xa9xt/html"})
            CPPUNIT_ASSERT_MESSAGE(text, !MediaType::parse(text));
    }
    void knowsItsName() {
        const auto media = MediaType::parse("\t Text/HTML ; level=1");
        CPPUNIT_ASSERT(media && media->is("text/html") && media->is("TEXT/html"));
        for (const char* other : {"", "/", "text", "text/htm", "text/htmlx", "tex/thtml", "texthtml", "text;html"})
            CPPUNIT_ASSERT_MESSAGE(other, !media->is(other));
        CPPUNIT_ASSERT_EQUAL(std::string_view("; level=1"), media->parameters);
    }
    void readsParameters() {
        static constexpr const char* table[][2] = {
            {"", ""},
            {" \t", ""},
            {";", ""},
            {" ; ;; ", ""},
            {";a=b", "a=b|"},
            {" ; A=b\t;\tc=D ", "A=b|c=D|"},
            {R"(;a="b c";d="")", "a=b c|d=|"},
            {R"(;a="\"\\";b=c)", R"(a="\|b=c|)"},
            {R"(;a="C:\x";b=c)", R"(a=C:\x|b=c|)"},
            {R"(;a="b;c=d")", "a=b;c=d|"},
        };
        for (const auto& row : table) CPPUNIT_ASSERT_EQUAL_MESSAGE(row[0], std::string(row[1]), parameters(row[0]));
    }
    void refusesMalformedParameters() {
        for (const char* text : {"x", ";a", ";=b", ";a=", ";a =b", ";a= b", ";a=\"b", R"(;a="b\")", ";a=b c",
                                 ";a=b\"c\"", ";\"a\"=b", ";a=b,c"})
            CPPUNIT_ASSERT_MESSAGE(text, parameters(text).back() == '!');
    }
    void knowsUtf8() {
        const auto isUtf8 = [](std::string_view text) { return MediaType::parse(text)->isUtf8(); };
        for (const char* text :
             {"a/b", "a/b;", "a/b; charset=utf-8", "a/b;CHARSET=\"UTF-8\"", "a/b;x=latin1;charset=utf-8"})
            CPPUNIT_ASSERT_MESSAGE(text, isUtf8(text));
        for (const char* text :
             {"a/b; charset=latin1", "a/b; charset=utf-8; charset=utf-16", "a/b; charset=", "a/b; charset",
              "a/b; charset=utf8", "a/b; charset=\"utf-8", "a/b; x=y z", "a/b; charset=\"utf\\\"-8\""})
            CPPUNIT_ASSERT_MESSAGE(text, !isUtf8(text));
    }
    void readsWeights() {
        CPPUNIT_ASSERT(parseQuality("0") == 0 && parseQuality("1") == 1000 && parseQuality("0.") == 0);
        CPPUNIT_ASSERT(parseQuality("0.5") == 500 && parseQuality("0.05") == 50 && parseQuality("0.123") == 123);
        CPPUNIT_ASSERT(parseQuality("1.000") == 1000 && parseQuality("1.0") == 1000 && parseQuality("0.001") == 1);
        for (const char* text :
             {"", ".5", "2", "1.001", "0.1234", "1.0000", "0,5", "-0", "+1", "0x1", "0.5 ", "00", "01"})
            CPPUNIT_ASSERT_MESSAGE(text, !parseQuality(text));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MediaTypeTest);

} // namespace mortise
