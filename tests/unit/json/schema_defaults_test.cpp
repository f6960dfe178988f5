// SPDX-License-Identifier: Apache-2.0
#include "json/form.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

using mortise::json::Details;
using mortise::json::parse;
using mortise::json::readForm;
using mortise::json::Schema;
using mortise::json::Tape;
using mortise::json::Writer;

namespace {

Schema compiled(std::string_view text) {
    Schema schema;
    const auto fault = Schema::compile(text, schema);
    CPPUNIT_ASSERT_MESSAGE(fault ? fault->pointer + " " + fault->message : "", !fault);
    return schema;
}

std::string filled(const Schema& schema, std::string_view text) {
    Tape tape;
    CPPUNIT_ASSERT(!parse(text, tape));
    schema.applyDefaults(tape);
    std::string out;
    Writer(out).value(tape.root());
    return out;
}

constexpr std::string_view paging = R"({"type":"object","required":["page"],"properties":{
    "page":{"type":"integer","minimum":1,"default":1},"limit":{"$ref":"#/$defs/limit"},"sort":{"type":"string"}},
    "$defs":{"limit":{"type":"integer","default":10}}})";

} // namespace

class SchemaDefaultsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SchemaDefaultsTest);
    CPPUNIT_TEST(missingMembersAreAdded);
    CPPUNIT_TEST(aWrongValueIsNotReplaced);
    CPPUNIT_TEST(atAnyDepth);
    CPPUNIT_TEST(recursiveSchemasEnd);
    CPPUNIT_TEST(requiredMayHaveADefault);
    CPPUNIT_TEST(notBehindCombinations);
    CPPUNIT_TEST(queryWithDefaults);
    CPPUNIT_TEST(nothingMissingChangesNothing);
    CPPUNIT_TEST_SUITE_END();

    void missingMembersAreAdded() {
        const Schema schema = compiled(paging);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"page":1,"limit":10})"), filled(schema, "{}"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"limit":5,"x":[1],"page":1})"), filled(schema, R"({"limit":5,"x":[1]})"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"page":null,"limit":10})"), filled(schema, R"({"page":null})"));
    }

    void aWrongValueIsNotReplaced() {
        const Schema schema = compiled(paging);
        CPPUNIT_ASSERT_EQUAL(std::string("[]"), filled(schema, "[]"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"x\""), filled(schema, "\"x\""));
    }

    void atAnyDepth() {
        const Schema schema = compiled(R"({"properties":{
            "list":{"items":{"properties":{"n":{"default":{"deep":[1,{"s":"\u00e9"}]}},"m":{"default":"text"}}}},
            "o":{"properties":{"p":{"properties":{"q":{"default":null}}}}}}})");
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"list":[{"n":1,"m":"text"},7,{"m":2,"n":{"deep":[1,{"s":"é"}]}}],"o":{"p":{"q":null},"r":[{}]}})"),
            filled(schema, R"({"list":[{"n":1},7,{"m":2}],"o":{"p":{},"r":[{}]}})"));
    }

    void recursiveSchemasEnd() {
        const Schema schema =
            compiled(R"({"properties":{"v":{"default":0},"next":{"$ref":"#"},"twig":{"default":{}}}})");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"next":{"next":{"v":5,"twig":{}},"v":0,"twig":{}},"v":0,"twig":{}})"),
                             filled(schema, R"({"next":{"next":{"v":5}}})"));
    }

    void requiredMayHaveADefault() {
        const Schema schema = compiled(paging);
        Tape tape;
        Details details;
        CPPUNIT_ASSERT(!parse("{}", tape));
        CPPUNIT_ASSERT(schema.validate(tape, details));
        schema.applyDefaults(tape);
        CPPUNIT_ASSERT(schema.validate(tape, details));
        CPPUNIT_ASSERT_EQUAL(10, static_cast<int>(tape.root().find("limit").number().int64().value_or(0)));
        CPPUNIT_ASSERT(tape.root().find("limit").node().flags & MORTISE_JSON_DEFAULTED);
    }

    void notBehindCombinations() {
        const Schema schema = compiled(R"({"allOf":[{"required":["a"],"properties":{"a":{"default":1}}}]})");
        CPPUNIT_ASSERT_EQUAL(std::string("{}"), filled(schema, "{}"));
        Tape tape;
        Details details;
        CPPUNIT_ASSERT(!parse("{}", tape));
        CPPUNIT_ASSERT(!schema.validate(tape, details));
    }

    void queryWithDefaults() {
        const Schema schema = compiled(paging);
        Tape tape;
        for (int round = 0; round < 3; ++round) {
            CPPUNIT_ASSERT(!readForm("sort=name&page=3", &schema, tape));
            schema.applyDefaults(tape);
            std::string out;
            Writer(out).value(tape.root());
            CPPUNIT_ASSERT_EQUAL(std::string(R"({"sort":"name","page":3,"limit":10})"), out);
        }
    }

    void nothingMissingChangesNothing() {
        const Schema schema = compiled(paging);
        Tape tape;
        CPPUNIT_ASSERT(!parse(R"({"page":1,"limit":2})", tape));
        const void* const before = tape.nodes().data();
        schema.applyDefaults(tape);
        CPPUNIT_ASSERT(before == tape.nodes().data());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaDefaultsTest);
