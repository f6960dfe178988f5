// SPDX-License-Identifier: Apache-2.0
#include "json/form.hpp"
#include "json/schema.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>
#include <vector>

using mortise::json::describe;
using mortise::json::Details;
using mortise::json::FormFault;
using mortise::json::FormLimits;
using mortise::json::FormPair;
using mortise::json::readForm;
using mortise::json::readPairs;
using mortise::json::Schema;
using mortise::json::Tape;
using mortise::json::Writer;
using Reason = mortise::json::FormFault::Reason;

namespace {

Schema compiled(std::string_view text) {
    Schema schema;
    const auto fault = Schema::compile(text, schema);
    CPPUNIT_ASSERT_MESSAGE(fault ? fault->pointer + " " + fault->message : "", !fault);
    return schema;
}

std::string written(const Tape& tape) {
    std::string text;
    Writer(text).value(tape.root());
    return text;
}

std::string read(std::string_view form, const Schema* schema = nullptr) {
    Tape tape;
    const auto fault = readForm(form, schema, tape);
    if (fault) return std::string(describe(fault->reason)) + " at " + std::to_string(fault->position);
    return written(tape);
}

constexpr std::string_view typed = R"({"type":"object","properties":{
    "page":{"type":"integer"}, "price":{"type":"number"}, "on":{"type":"boolean"}, "name":{"type":"string"},
    "tags":{"type":"array","items":{"type":"string"}}, "ids":{"type":"array","items":{"type":"integer"}},
    "maybe":{"type":["integer","null"]}, "text":{"type":["string","null"]}, "any":{}, "both":{"type":["string","integer"]},
    "ref":{"$ref":"#/$defs/count"}, "mixed":{"type":["string","array"],"items":{"type":"string"}}},
    "allOf":[{"properties":{"inner":{"type":"integer"}}}],
    "$defs":{"count":{"type":"integer"}}})";

} // namespace

class FormTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FormTest);
    CPPUNIT_TEST(badInput);
    CPPUNIT_TEST(pairsAreLimited);
    CPPUNIT_TEST(decodesWhatIsEncoded);
    CPPUNIT_TEST(anyBytesAreHandled);
    CPPUNIT_TEST(textIsTypedByTheSchema);
    CPPUNIT_TEST(whatIsNoNumberStaysAString);
    CPPUNIT_TEST(repeatedNames);
    CPPUNIT_TEST(manyRepeatedNames);
    CPPUNIT_TEST(nulIsFlagged);
    CPPUNIT_TEST(valuesAreMarked);
    CPPUNIT_TEST(pairsOfAPath);
    CPPUNIT_TEST(tapeIsReused);
    CPPUNIT_TEST_SUITE_END();

    void badInput() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"a=%", "malformed percent escape at 2"},
            {"a=%4", "malformed percent escape at 2"},
            {"a=%4&b=1", "malformed percent escape at 2"},
            {"a=%zz", "malformed percent escape at 2"},
            {"a=1&%g0=1", "malformed percent escape at 4"},
            {"%=1", "malformed percent escape at 0"},
            {"a=%u0041", "malformed percent escape at 2"},
            {"a=%ff", "invalid UTF-8 at 2"},
            {"a=\xff", "invalid UTF-8 at 2"},
            {"&&x=%41&%c3=1", "invalid UTF-8 at 8"},
            {"a=%c3&b=%a9", "invalid UTF-8 at 2"},
            {"a%c3=%a9", "invalid UTF-8 at 1"},
            {"%c3&%a9", "invalid UTF-8 at 0"},
            {"a=%41%42x%ed%a0%80", "invalid UTF-8 at 9"},
        };
        for (const auto& [form, expected] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(form, expected, read(form));
    }

    void pairsAreLimited() {
        Tape tape;
        CPPUNIT_ASSERT(!readForm("a=1&b=2&&", nullptr, tape, FormLimits{2}));
        const auto fault = readForm("a=1&b=2&c=3", nullptr, tape, FormLimits{2});
        CPPUNIT_ASSERT(fault && fault->reason == Reason::too_many_pairs);
        CPPUNIT_ASSERT_EQUAL(std::size_t{8}, fault->position);
        CPPUNIT_ASSERT(tape.empty());
        const FormPair pairs[] = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
        CPPUNIT_ASSERT(readPairs(pairs, nullptr, tape, FormLimits{2}));
    }

    void decodesWhatIsEncoded() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"", "{}"},
            {"&&&", "{}"},
            {"a", R"({"a":""})"},
            {"a&b&c", R"({"a":"","b":"","c":""})"},
            {"a=", R"({"a":""})"},
            {"=a", R"({"":"a"})"},
            {"=", R"({"":""})"},
            {"a=b=c", R"({"a":"b=c"})"},
            {"a=1&b=two+words&c=%2B%26%3D%25", R"({"a":"1","b":"two words","c":"+&=%"})"},
            {"%61+b=1", R"({"a b":"1"})"},
            {"a[b]=1&c[]=2", R"({"a[b]":"1","c[]":"2"})"},
            {"n=%C3%A9%e2%82%ac", "{\"n\":\"\xc3\xa9\xe2\x82\xac\"}"},
            {"a=1;b=2", R"({"a":"1;b=2"})"},
            {"a=1&", R"({"a":"1"})"},
        };
        for (const auto& [form, expected] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(form, expected, read(form));
    }

    void anyBytesAreHandled() {
        std::mt19937 random(5);
        const std::string alphabet = "ab=&%+%c3%a9%00\xc3\xa9\xff";
        const Schema schema = compiled(typed);
        Tape tape;
        int accepted = 0;
        for (int round = 0; round < 20000; ++round) {
            std::string form(random() % 40, '\0');
            for (char& byte : form) byte = alphabet[random() % alphabet.size()];
            if (const auto fault = readForm(form, &schema, tape)) {
                CPPUNIT_ASSERT(fault->position < form.size());
                continue;
            }
            ++accepted;
            written(tape);
        }
        CPPUNIT_ASSERT(accepted > 100);
    }

    void textIsTypedByTheSchema() {
        const Schema schema = compiled(typed);
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"page":2,"price":1.50,"on":true,"name":"7","maybe":null,"text":"","any":"1"})"),
            read("page=2&price=1.50&on=true&name=7&maybe=&text=&any=1", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"on":false,"maybe":-3,"both":"5","ref":6,"inner":7,"other":"8"})"),
                             read("on=false&maybe=-3&both=5&ref=6&inner=7&other=8", &schema));
    }

    void whatIsNoNumberStaysAString() {
        const Schema schema = compiled(typed);
        for (const std::string text :
             {"", "x", "1x", "01", "+1", "%201", "1+", "0x1", "1.", "NaN", "--1", "99999999999999999999"})
            CPPUNIT_ASSERT(read("page=" + text, &schema).starts_with("{\"page\":\""));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"price":"1e400"})"), read("price=1e400", &schema));
        for (const std::string text : {"", "1", "yes", "TRUE", "True"})
            CPPUNIT_ASSERT_EQUAL("{\"on\":\"" + text + "\"}", read("on=" + text, &schema));
        Tape tape;
        Details details;
        CPPUNIT_ASSERT(!readForm("page=two", &schema, tape));
        CPPUNIT_ASSERT(!schema.validate(tape, details, {mortise::json::Location::query}));
        std::string text;
        Writer writer(text);
        details.write(writer);
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"([{"in":"query","path":"/page","code":"type","message":"must be an integer"}])"), text);
    }

    void repeatedNames() {
        const Schema schema = compiled(typed);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"3","b":"2"})"), read("a=1&b=2&a=3"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"page":3})"), read("page=x&page=3", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"tags":["a","1","b"],"name":"y"})"),
                             read("tags=a&name=x&tags=1&name=y&tags=b", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"tags":["a"]})"), read("tags=a", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"ids":[1,"x",3]})"), read("ids=1&ids=x&ids=3", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"any":"2"})"), read("any=1&any=2", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"mixed":"1"})"), read("mixed=1", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"mixed":["1","2"]})"), read("mixed=1&mixed=2", &schema));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"b":"1","a":"2"})"), read("%62=0&a=2&b=1"));
    }

    // More than a quadratic search takes; both ways must agree.
    void manyRepeatedNames() {
        std::string form;
        for (int index = 0; index < 200; ++index)
            form +=
                "tags=" + std::to_string(index) + "&n" + std::to_string(index % 50) + "=" + std::to_string(index) + "&";
        const Schema schema = compiled(typed);
        Tape tape;
        CPPUNIT_ASSERT(!readForm(form, &schema, tape));
        CPPUNIT_ASSERT_EQUAL(51u, tape.root().size());
        const auto tags = tape.root().find("tags");
        CPPUNIT_ASSERT_EQUAL(200u, tags.size());
        int expected = 0;
        for (const auto tag : tags.elements())
            CPPUNIT_ASSERT_EQUAL(std::to_string(expected++), std::string(tag.bytes()));
        CPPUNIT_ASSERT_EQUAL(std::string("199"), std::string(tape.root().find("n49").bytes()));
        CPPUNIT_ASSERT_EQUAL(std::string("150"), std::string(tape.root().find("n0").bytes()));
    }

    void nulIsFlagged() {
        Tape tape;
        CPPUNIT_ASSERT(!readForm("a=x%00y", nullptr, tape));
        CPPUNIT_ASSERT(tape.hasNul());
        CPPUNIT_ASSERT(tape.nodes()[2].flags & MORTISE_JSON_HAS_NUL);
        CPPUNIT_ASSERT_EQUAL(3u, tape.nodes()[2].length);
        CPPUNIT_ASSERT(!readForm("a=x", nullptr, tape));
        CPPUNIT_ASSERT(!tape.hasNul());
        CPPUNIT_ASSERT(!readForm("a=%00&b=1&a=x", nullptr, tape)); // of a name that comes twice the last value counts
        CPPUNIT_ASSERT(!tape.hasNul());
        CPPUNIT_ASSERT(!readForm("a=x&b=1&a=%00", nullptr, tape));
        CPPUNIT_ASSERT(tape.hasNul());
    }

    void valuesAreMarked() {
        const Schema schema = compiled(typed);
        Tape tape;
        CPPUNIT_ASSERT(!readForm("name=a&page=1&on=true&ids=1", &schema, tape));
        int marked = 0;
        for (const mortise_json_node& node : tape.nodes()) marked += (node.flags & MORTISE_JSON_FROM_TEXT) != 0 ? 1 : 0;
        CPPUNIT_ASSERT_EQUAL(4, marked);
    }

    void pairsOfAPath() {
        const Schema schema = compiled(R"({"properties":{"id":{"type":"integer"}}})");
        Tape tape;
        const FormPair good[] = {{"id", "42"}, {"slug", "a+b%20\xc3\xa9"}, {"empty", ""}};
        CPPUNIT_ASSERT(!readPairs(good, &schema, tape));
        CPPUNIT_ASSERT_EQUAL(std::string("{\"id\":42,\"slug\":\"a+b%20\xc3\xa9\",\"empty\":\"\"}"), written(tape));
        const FormPair bad[] = {{"id", "42"}, {"slug", "\xff"}};
        const auto fault = readPairs(bad, &schema, tape);
        CPPUNIT_ASSERT(fault && fault->reason == Reason::invalid_utf8);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, fault->position);
        CPPUNIT_ASSERT(tape.empty());
        CPPUNIT_ASSERT(!readPairs({}, &schema, tape));
        CPPUNIT_ASSERT_EQUAL(std::string("{}"), written(tape));
    }

    void tapeIsReused() {
        Tape tape;
        for (int round = 0; round < 3; ++round) {
            CPPUNIT_ASSERT(!readForm("a=1&b=2&a=3", nullptr, tape));
            CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"3","b":"2"})"), written(tape));
        }
        const std::size_t held = tape.capacityBytes();
        CPPUNIT_ASSERT(!readForm("a=1&b=2&a=3", nullptr, tape));
        CPPUNIT_ASSERT_EQUAL(held, tape.capacityBytes());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FormTest);
