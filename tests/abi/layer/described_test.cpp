// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"
#include "json/schema.hpp"

#include <mortise/decode.hpp>
#include <mortise/encode.hpp>
#include <mortise/schema.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <limits>
#include <map>
#include <stdexcept>

namespace {

struct Inner {
    std::string id;
    std::optional<std::string> note;
};
MORTISE_DESCRIBE(Inner, field(id).uuid(), field(note).nullable())

struct Outer {
    Inner inner;
    std::vector<std::int32_t> numbers;
    mortise::DateTime at;
    bool flag = false;
    std::uint8_t small = 7;
    std::int64_t page = 1;
    std::string_view word;
};
MORTISE_DESCRIBE(Outer, field(inner), field(numbers).min(1).maxItems(3), field(at),
                 field(flag).optional().text("a \"quoted\" text"), field(small).defaults(7),
                 field(page).min(1).max(100).defaults(1).example(2),
                 field(word).choices("one", "two").named("the-word"))

struct Strict {
    std::string name, email, password;
};
MORTISE_DESCRIBE(Strict, field(name).minLength(2).maxLength(100), field(email).email(),
                 field(password).minLength(8).maxBytes(72).secret())

struct Text {
    std::string text;
};
MORTISE_DESCRIBE(Text, field(text))

struct Numbers {
    std::int64_t i = 0;
    std::uint64_t u = 0;
    std::int8_t b = 0;
    double d = 0;
};
MORTISE_DESCRIBE(Numbers, field(i).optional(), field(u).optional(), field(b).optional(), field(d).optional())

struct Raw {
    mortise::RawJson raw;
    std::optional<std::string> left;
    std::vector<Text> list;
    std::map<std::string, double> weights;
};
MORTISE_DESCRIBE(Raw, field(raw), field(left), field(list), field(weights))

struct Switches {
    std::vector<bool> on;
    std::vector<std::vector<std::string>> names;
};
MORTISE_DESCRIBE(Switches, field(on), field(names).optional())

template<class T>
bool decode(const std::string& text, T& out) {
    static mortise::json::Tape tape; // views point into it
    if (mortise::json::parse(text, tape)) throw std::runtime_error("no JSON: " + text);
    const mortise_json_tape view = tape.view();
    return mortise::decodeJson(view, out);
}

} // namespace

class DescribedTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DescribedTest);
    CPPUNIT_TEST(refusesWhatDoesNotFit);
    CPPUNIT_TEST(refusesNumbersOutOfRange);
    CPPUNIT_TEST(takesDeclaredMembersOnly);
    CPPUNIT_TEST(keepsInitialisersOfMissingMembers);
    CPPUNIT_TEST(decodesEveryType);
    CPPUNIT_TEST(writesSchemas);
    CPPUNIT_TEST(schemasCompileInTheHost);
    CPPUNIT_TEST(whatPassesTheSchemaFits);
    CPPUNIT_TEST(encodesEveryType);
    CPPUNIT_TEST(escapesText);
    CPPUNIT_TEST(encodesNumbers);
    CPPUNIT_TEST(growsPastItsRoom);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatDoesNotFit() {
        Text text;
        CPPUNIT_ASSERT(!decode("[]", text));
        CPPUNIT_ASSERT(!decode(R"({"text":1})", text));
        CPPUNIT_ASSERT(!decode(R"({"text":null})", text));
        CPPUNIT_ASSERT(!decode(R"({"text":["a"]})", text));
        Outer outer;
        CPPUNIT_ASSERT(!decode(R"({"inner":[]})", outer));
        CPPUNIT_ASSERT(!decode(R"({"numbers":{}})", outer));
        CPPUNIT_ASSERT(!decode(R"({"numbers":[1,"2"]})", outer));
        CPPUNIT_ASSERT(!decode(R"({"flag":1})", outer));
        CPPUNIT_ASSERT(!decode(R"({"at":"2026-02-30T00:00:00Z"})", outer));
        mortise_json_tape empty{};
        CPPUNIT_ASSERT(!mortise::decodeJson(empty, text));
    }
    void refusesNumbersOutOfRange() {
        Numbers n;
        CPPUNIT_ASSERT(!decode(R"({"i":9223372036854775808})", n));
        CPPUNIT_ASSERT(!decode(R"({"i":1e19})", n));
        CPPUNIT_ASSERT(!decode(R"({"i":1.5})", n));
        CPPUNIT_ASSERT(!decode(R"({"u":-1})", n));
        CPPUNIT_ASSERT(!decode(R"({"u":1e20})", n));
        CPPUNIT_ASSERT(!decode(R"({"b":128})", n));
        CPPUNIT_ASSERT(!decode(R"({"b":-129.0})", n));
        CPPUNIT_ASSERT(decode(R"({"i":-9223372036854775808,"u":18446744073709551615,"b":-128,"d":-0.5e-3})", n));
        CPPUNIT_ASSERT_EQUAL(std::numeric_limits<std::int64_t>::min(), n.i);
        CPPUNIT_ASSERT_EQUAL(std::numeric_limits<std::uint64_t>::max(), n.u);
        CPPUNIT_ASSERT_EQUAL(-128, static_cast<int>(n.b));
        CPPUNIT_ASSERT_EQUAL(-0.0005, n.d);
        CPPUNIT_ASSERT(decode(R"({"i":1e3,"b":5.0,"d":3})", n));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, n.i);
        CPPUNIT_ASSERT_EQUAL(5, static_cast<int>(n.b));
        CPPUNIT_ASSERT_EQUAL(3.0, n.d);
    }
    void takesDeclaredMembersOnly() {
        Text text;
        CPPUNIT_ASSERT(
            decode(R"({"a":{"text":"no"},"tex":"no","text":"yes","b":[[],{"text":"no"}],"textt":"no"})", text));
        CPPUNIT_ASSERT_EQUAL(std::string("yes"), text.text);
    }
    void keepsInitialisersOfMissingMembers() {
        Outer outer;
        CPPUNIT_ASSERT(decode("{}", outer));
        CPPUNIT_ASSERT_EQUAL(7, static_cast<int>(outer.small));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, outer.page);
    }
    void decodesEveryType() {
        Outer outer;
        outer.inner.note = "old";
        CPPUNIT_ASSERT(decode(R"({"the-word":"two","page":5,"small":255,"flag":true,"at":"2026-01-02T03:04:05.678Z",)"
                              R"("numbers":[1,-2,3],"inner":{"note":null,"id":"x"}})",
                              outer));
        CPPUNIT_ASSERT(outer.word == "two" && outer.flag && !outer.inner.note && outer.inner.id == "x");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1'767'323'045'678}, outer.at.unixMilliseconds);
        CPPUNIT_ASSERT(outer.numbers == (std::vector<std::int32_t>{1, -2, 3}));
        CPPUNIT_ASSERT_EQUAL(255, static_cast<int>(outer.small));
        Switches switches;
        switches.names = {{"old"}};
        CPPUNIT_ASSERT(decode(R"({"on":[true,false],"names":[["a","b"],[]]})", switches));
        CPPUNIT_ASSERT(switches.on == (std::vector<bool>{true, false}));
        CPPUNIT_ASSERT(switches.names == (std::vector<std::vector<std::string>>{{"a", "b"}, {}}));
        CPPUNIT_ASSERT(!decode(R"({"on":[true,0]})", switches));
    }
    void writesSchemas() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"type":"object","title":"Strict","properties":{"name":{"type":"string","minLength":2,"maxLength":100},)"
                R"("email":{"type":"string","format":"email"},)"
                R"("password":{"type":"string","minLength":8,"x-maxBytes":72,"writeOnly":true}},)"
                R"("required":["name","email","password"]})"),
            mortise::schemaOf<Strict>());
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"type":"object","title":"Outer","properties":{"inner":{"type":"object","title":"Inner",)"
                R"("properties":{"id":{"type":"string",)"
                R"("format":"uuid"},"note":{"type":["string","null"]}},"required":["id"]},)"
                R"("numbers":{"type":"array","items":{"type":"integer","minimum":1,"maximum":2147483647},"maxItems":3},)"
                R"("at":{"type":"string","format":"date-time"},)"
                R"("flag":{"type":"boolean","description":"a \"quoted\" text"},)"
                R"("small":{"type":"integer","minimum":0,"maximum":255,"default":7},)"
                R"("page":{"type":"integer","minimum":1,"maximum":100,"default":1,"examples":[2]},)"
                R"("the-word":{"type":"string","enum":["one","two"]}},)"
                R"("required":["inner","numbers","at","the-word"]})"),
            mortise::schemaOf<Outer>());
    }
    void schemasCompileInTheHost() {
        for (const std::string& text : {mortise::schemaOf<Outer>(), mortise::schemaOf<Strict>(),
                                        mortise::schemaOf<Numbers>(), mortise::schemaOf<Raw>()}) {
            mortise::json::Schema schema;
            const auto fault = mortise::json::Schema::compile(text, schema);
            CPPUNIT_ASSERT_MESSAGE(fault ? text + "\n" + fault->pointer + ": " + fault->message : "", !fault);
        }
    }
    void whatPassesTheSchemaFits() {
        mortise::json::Schema schema;
        CPPUNIT_ASSERT(!mortise::json::Schema::compile(mortise::schemaOf<Numbers>(), schema));
        for (const char* value : {"0", "-1", "127", "128", "-128", "-129", "255", "1.0", "1.5", "9223372036854775807",
                                  "9223372036854775808", "18446744073709551615", "-9223372036854775808", "1e3", "1e18",
                                  "1e19", "9223372036854775808.0", "-0"}) {
            for (const char* member : {"i", "u", "b", "d"}) {
                const std::string text = std::string("{\"") + member + "\":" + value + "}";
                mortise::json::Tape tape;
                CPPUNIT_ASSERT(!mortise::json::parse(text, tape));
                mortise::json::Details details;
                const bool passes = schema.validate(tape, details);
                Numbers n;
                CPPUNIT_ASSERT_EQUAL_MESSAGE(text, passes, decode(text, n));
            }
        }
    }
    void encodesEveryType() {
        Outer outer;
        outer.inner.id = "x";
        outer.numbers = {1, 2};
        outer.at = {1'767'323'045'678};
        outer.flag = true;
        outer.word = "one";
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"inner":{"id":"x","note":null},"numbers":[1,2],)"
                        R"("at":"2026-01-02T03:04:05.678Z","flag":true,"small":7,"page":1,"the-word":"one"})"),
            mortise::encodeJson(outer));
        Raw raw;
        raw.raw.text = "[1,{}]";
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"raw":[1,{}],"list":[],"weights":{}})"), mortise::encodeJson(raw));
        raw.left = "";
        raw.list = {{"a"}, {"b"}};
        raw.weights = {{"a\"", 0.5}, {"b", 2}};
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"raw":[1,{}],"left":"","list":[{"text":"a"},{"text":"b"}],"weights":{"a\"":0.5,"b":2}})"),
            mortise::encodeJson(raw));
    }
    void escapesText() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"\"\\\b\f\n\r\t\u0001\u001f/é"})"),
                             mortise::encodeJson(Text{"\"\\\b\f\n\r\t\x01\x1f/é"}));
        std::string out = "[";
        mortise::appendJson(out, Text{"a\nb"});
        CPPUNIT_ASSERT_EQUAL(std::string(R"([{"text":"a\nb"})"), out);
        // A character that needs an escape at every place of and around what is looked at in one step (32 bytes, 8, 1),
        // and ones that do not; another one behind it.
        for (int c = 0; c < 256; ++c) {
            for (std::size_t at = 0; at < 75; ++at) {
                std::string text(75, 'x');
                text[at] = static_cast<char>(c);
                if (c < 0x80) text[at + (75 - at) / 2] = static_cast<char>(c);
                Text back;
                if (c >= 0x80) {
                    CPPUNIT_ASSERT_EQUAL("{\"text\":\"" + text + "\"}", mortise::encodeJson(Text{text}));
                    continue;
                }
                CPPUNIT_ASSERT(decode(mortise::encodeJson(Text{text}), back));
                CPPUNIT_ASSERT_EQUAL(text, back.text);
            }
        }
    }
    void encodesNumbers() {
        Numbers n{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::uint64_t>::max(), -128, 1e300};
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"i":-9223372036854775808,"u":18446744073709551615,"b":-128,"d":1e+300})"),
                             mortise::encodeJson(n));
        n.d = std::numeric_limits<double>::infinity();
        CPPUNIT_ASSERT_EQUAL(std::string("null}"), mortise::encodeJson(n).substr(mortise::encodeJson(n).size() - 5));
    }
    void growsPastItsRoom() {
        const std::string large(100'000, 'y');
        CPPUNIT_ASSERT_EQUAL("{\"text\":\"" + large + "\"}", mortise::encodeJson(Text{large}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DescribedTest);
