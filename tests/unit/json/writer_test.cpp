// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"
#include "json/utf8.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

using mortise::json::isUtf8;
using mortise::json::parse;
using mortise::json::Tape;
using mortise::json::Writer;

namespace {

std::string quoted(std::string_view text) {
    std::string out;
    Writer::appendString(out, text);
    return out;
}

} // namespace

class WriterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WriterTest);
    CPPUNIT_TEST(wrongUtf8IsReplaced);
    CPPUNIT_TEST(anyBytesMakeAValidString);
    CPPUNIT_TEST(escapesWhatMustBe);
    CPPUNIT_TEST(doublesThatAreNone);
    CPPUNIT_TEST(numbersReadBack);
    CPPUNIT_TEST(commasAndColons);
    CPPUNIT_TEST(appendsBehindWhatIsThere);
    CPPUNIT_TEST(subtreesAreCopied);
    CPPUNIT_TEST_SUITE_END();

    // Expectations of Unicode 15, table 3-11, for "maximal subparts".
    void wrongUtf8IsReplaced() {
        const std::string mark = "\xef\xbf\xbd";
        const std::pair<std::string, std::string> cases[] = {
            {"\xff", mark},
            {"a\xff"
             "b",
             "a" + mark + "b"},
            {"\xc0\xaf", mark + mark},
            {"\xe2\x82", mark},
            {"\xe2\x82"
             "A",
             mark + "A"},
            {"\xed\xa0\x80", mark + mark + mark},
            {"\xf0\x80\x80\x41", mark + mark + mark + "A"},
            {"\xf4\x91\x92\x93", mark + mark + mark + mark},
            {"\xc3\xa9\xff\xc3\xa9", "\xc3\xa9" + mark + "\xc3\xa9"},
            {"\xc3\xa9\n\xff", "\xc3\xa9\\n" + mark},
        };
        for (const auto& [text, expected] : cases) CPPUNIT_ASSERT_EQUAL("\"" + expected + "\"", quoted(text));
    }

    void anyBytesMakeAValidString() {
        std::mt19937 random(11);
        for (int round = 0; round < 20000; ++round) {
            std::string text(random() % 50, '\0');
            const bool ascii = random() % 2 == 0;
            for (char& byte : text) byte = static_cast<char>(ascii ? random() % 128 : random() % 256);
            Tape tape;
            CPPUNIT_ASSERT(!parse(quoted(text), tape));
            if (isUtf8(text)) CPPUNIT_ASSERT_EQUAL(text, std::string(tape.root().bytes()));
        }
    }

    void escapesWhatMustBe() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"("\"\\/\b\f\n\r\t\u0000\u001f)") + "\x7f\"",
                             quoted(std::string_view("\"\\/\b\f\n\r\t\0\x1f\x7f", 11)));
        CPPUNIT_ASSERT_EQUAL(std::string("\"\xe2\x80\xa8\xf0\x9f\x98\x80\""), quoted("\xe2\x80\xa8\xf0\x9f\x98\x80"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"\""), quoted(""));
        const std::string plain(100, 'x');
        CPPUNIT_ASSERT_EQUAL("\"" + plain + "\\n" + plain + "\"", quoted(plain + "\n" + plain));
    }

    void doublesThatAreNone() {
        std::string out;
        Writer(out)
            .beginArray()
            .number(std::nan(""))
            .number(std::numeric_limits<double>::infinity())
            .number(-std::numeric_limits<double>::infinity())
            .endArray();
        CPPUNIT_ASSERT_EQUAL(std::string("[null,null,null]"), out);
    }

    void numbersReadBack() {
        std::string out;
        Writer(out)
            .beginArray()
            .number(0.1)
            .number(-0.0)
            .number(1e21)
            .number(5e-324)
            .number(3)
            .number(-14643154117325182976.0)
            .integer(std::numeric_limits<std::int64_t>::min())
            .integer(std::numeric_limits<std::uint64_t>::max())
            .endArray();
        CPPUNIT_ASSERT_EQUAL(
            std::string("[0.1,-0,1e+21,5e-324,3,-1.4643154117325183e+19,-9223372036854775808,18446744073709551615]"),
            out);
        std::mt19937_64 random(3);
        for (int round = 0; round < 10000; ++round) {
            const std::uint64_t bits = random();
            double value = 0;
            std::memcpy(&value, &bits, sizeof value);
            if (!std::isfinite(value)) continue;
            std::string text;
            Writer(text).number(value);
            Tape tape;
            CPPUNIT_ASSERT_MESSAGE(text, !parse(text, tape));
            CPPUNIT_ASSERT_EQUAL(value, tape.root().number().real());
        }
    }

    void commasAndColons() {
        std::string out;
        Writer writer(out);
        writer.beginObject();
        writer.key("a").beginArray().null().boolean(true).boolean(false).endArray();
        writer.quoted(Writer::quotedKey("b\"")).string("[").key("c").beginObject().endObject();
        writer.key("d").beginArray().beginArray().endArray().string("{").string(":").raw("{\"x\":1}").endArray();
        writer.endObject();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":[null,true,false],"b\"":"[","c":{},"d":[[],"{",":",{"x":1}]})"), out);
    }

    void appendsBehindWhatIsThere() {
        std::string out = "length 5: ";
        Writer(out).string("abc");
        CPPUNIT_ASSERT_EQUAL(std::string("length 5: \"abc\""), out);
    }

    void subtreesAreCopied() {
        const std::string text = R"({"a":[1.50,-0,null,true,{}],"b":{"c":"\n"},"d":[]})";
        Tape tape;
        CPPUNIT_ASSERT(!parse(text, tape));
        std::string out;
        Writer(out).beginArray().value(tape.root()).value(tape.root().find("d")).endArray();
        CPPUNIT_ASSERT_EQUAL("[" + text + ",[]]", out);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriterTest);
