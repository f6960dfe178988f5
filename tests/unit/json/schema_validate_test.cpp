// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"
#include "json/schema.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

using mortise::json::Details;
using mortise::json::Location;
using mortise::json::parse;
using mortise::json::Schema;
using mortise::json::Tape;
using mortise::json::ValidateOptions;
using mortise::json::Writer;

namespace {

Schema compiled(std::string_view text) {
    Schema schema;
    const auto fault = Schema::compile(text, schema);
    CPPUNIT_ASSERT_MESSAGE(fault ? fault->pointer + " " + fault->message : "", !fault);
    return schema;
}

std::string failures(const Schema& schema, std::string_view text, const ValidateOptions& options = {}) {
    Tape tape;
    CPPUNIT_ASSERT_MESSAGE(std::string(text), !parse(text, tape));
    Details details;
    const bool good = schema.validate(tape, details, options);
    CPPUNIT_ASSERT_EQUAL(good, details.empty());
    std::string list;
    for (const auto& item : details.items())
        list += (list.empty() ? "" : "; ") + item.path + " " + item.code + " " + item.message;
    return list;
}

std::string failures(std::string_view schema, std::string_view text, const ValidateOptions& options = {}) {
    return failures(compiled(schema), text, options);
}

constexpr std::string_view user = R"({"type":"object","required":["name","email","password"],"properties":{
    "name":{"type":"string","minLength":2,"maxLength":100},
    "email":{"type":"string","format":"email"},
    "password":{"type":"string","minLength":8,"x-maxBytes":72},
    "profile":{"type":"object","properties":{"bio":{"type":"string","maxLength":5},"tags":{"type":"array","maxItems":2,
        "items":{"type":"string","minLength":1}}}}}})";

} // namespace

class SchemaValidateTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SchemaValidateTest);
    CPPUNIT_TEST(allFailuresOfABody);
    CPPUNIT_TEST(everyMessage);
    CPPUNIT_TEST(nulIsRefusedEverywhere);
    CPPUNIT_TEST(unknownMembers);
    CPPUNIT_TEST(unknownMembersBesideCombinations);
    CPPUNIT_TEST(failuresAreBounded);
    CPPUNIT_TEST(hostilePathsAreCut);
    CPPUNIT_TEST(lengthsCountCodePoints);
    CPPUNIT_TEST(integersByValue);
    CPPUNIT_TEST(valuesByEquality);
    CPPUNIT_TEST(uniqueItemsAreCheap);
    CPPUNIT_TEST(combinations);
    CPPUNIT_TEST(recursion);
    CPPUNIT_TEST(manyProperties);
    CPPUNIT_TEST(emptySchemaAcceptsAll);
    CPPUNIT_TEST(detailsAsJson);
    CPPUNIT_TEST_SUITE_END();

    void allFailuresOfABody() {
        const Schema schema = compiled(user);
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             failures(schema, R"({"name":"Al","email":"a@b.co","password":"12345678"})"));
        CPPUNIT_ASSERT_EQUAL(std::string("/name required is required; /email required is required; "
                                         "/password required is required"),
                             failures(schema, "{}"));
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "/email format must be a valid email; /profile/bio maxLength must be at most 5 characters long; "
                "/profile/tags maxItems must have at most 2 items; /profile/tags/1 minLength must be at least 1 "
                "character long; /profile/tags/2 type must be a string; /name minLength must be at least 2 "
                "characters long; /password required is required"),
            failures(schema, R"({"email":"nope","profile":{"bio":"123456","tags":["a","",3]},"name":"A"})"));
        CPPUNIT_ASSERT_EQUAL(std::string(" type must be an object"), failures(schema, "[]"));
    }

    void everyMessage() {
        struct Case {
            std::string schema, value, expected;
        };
        const std::vector<Case> cases = {
            {R"({"type":"null"})", "1", "type must be null"},
            {R"({"type":"boolean"})", "1", "type must be a boolean"},
            {R"({"type":"integer"})", "1.5", "type must be an integer"},
            {R"({"type":"number"})", "\"1\"", "type must be a number"},
            {R"({"type":"array"})", "{}", "type must be an array"},
            {R"({"type":"object"})", "[]", "type must be an object"},
            {R"({"type":["string","null"]})", "1", "type must be a string or null"},
            {R"({"type":["null","integer","string"]})", "true", "type must be a string, an integer or null"},
            {R"({"type":["integer","number"]})", "true", "type must be a number"},
            {R"({"minLength":1})", R"("")", "minLength must be at least 1 character long"},
            {R"({"minLength":2})", R"("")", "minLength must be at least 2 characters long"},
            {R"({"maxLength":1})", R"("ab")", "maxLength must be at most 1 character long"},
            {R"({"x-minBytes":3})", R"("ab")", "x-minBytes must be at least 3 bytes long"},
            {R"({"x-maxBytes":1})", R"("ab")", "x-maxBytes must be at most 1 byte long"},
            {R"({"pattern":"^a+$"})", R"("b")", "pattern must match the pattern ^a+$"},
            {R"({"format":"email"})", R"("b")", "format must be a valid email"},
            {R"({"format":"uuid"})", R"("b")", "format must be a valid UUID"},
            {R"({"format":"date-time"})", R"("b")", "format must be a valid date-time"},
            {R"({"format":"date"})", R"("b")", "format must be a valid date"},
            {R"({"format":"uri"})", R"("b")", "format must be a valid URI"},
            {R"({"minimum":1})", "0", "minimum must be at least 1"},
            {R"({"maximum":1.50})", "1.6", "maximum must be at most 1.50"},
            {R"({"exclusiveMinimum":0})", "0", "exclusiveMinimum must be greater than 0"},
            {R"({"exclusiveMaximum":1})", "1", "exclusiveMaximum must be less than 1"},
            {R"({"multipleOf":0.01})", "0.001", "multipleOf must be a multiple of 0.01"},
            {R"({"minItems":1})", "[]", "minItems must have at least 1 item"},
            {R"({"maxItems":0})", "[1]", "maxItems must have at most 0 items"},
            {R"({"uniqueItems":true})", "[1,1.0]", "uniqueItems must not contain the same item twice"},
            {R"({"enum":["user","admin",null]})", "1", "enum must be one of \"user\", \"admin\", null"},
            {R"({"const":{"a":[1]}})", "1", "const must be {\"a\":[1]}"},
            {"false", "1", "false is not allowed"},
            {R"({"not":{}})", "1", "not must not match the excluded form"},
            {R"({"anyOf":[{"type":"string"},false]})", "1", "anyOf must match at least one of the allowed forms"},
            {R"({"oneOf":[{},{}]})", "1", "oneOf must match exactly one of the allowed forms"},
        };
        for (const Case& item : cases)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.schema, " " + item.expected, failures(item.schema, item.value));
    }

    void nulIsRefusedEverywhere() {
        const std::string nul = " nul must not contain U+0000";
        CPPUNIT_ASSERT_EQUAL(nul, failures("{}", R"("\u0000")"));
        CPPUNIT_ASSERT_EQUAL("/a/1" + nul + "; /b" + nul, failures("{}", R"({"a":["x","\u0000y"],"b":"\u0000"})"));
        CPPUNIT_ASSERT_EQUAL("/unknown" + nul, failures(R"({"properties":{"a":{}}})", R"({"unknown":"a\u0000"})"));
        CPPUNIT_ASSERT_EQUAL("/k" + std::string(1, '\0') + nul, failures("{}", R"({"k\u0000":1})"));
        CPPUNIT_ASSERT_EQUAL("/a" + nul + "; /a minLength must be at least 3 characters long",
                             failures(R"({"properties":{"a":{"minLength":3}}})", R"({"a":"a\u0000"})"));
        ValidateOptions left;
        left.refusesNul = false;
        CPPUNIT_ASSERT_EQUAL(std::string(), failures("{}", R"({"k\u0000":"\u0000"})", left));
        // A duplicate that was dropped is no part of the document.
        CPPUNIT_ASSERT_EQUAL(std::string(), failures("{}", R"({"a":"\u0000","a":"b"})"));
    }

    void unknownMembers() {
        const std::string closed = R"({"properties":{"a":{}},"required":["b"],"additionalProperties":false})";
        CPPUNIT_ASSERT_EQUAL(std::string("/x~1~0y additionalProperties is not allowed; "
                                         "/b additionalProperties is not allowed"),
                             failures(closed, R"({"x/~y":1,"a":2,"b":3})"));
        const std::string open = R"({"properties":{"a":{"properties":{"b":{}}}}})";
        const std::string free = R"({"properties":{"a":{}},"additionalProperties":true})";
        ValidateOptions reject;
        reject.rejectUnknown = true;
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(open, R"({"x":1,"a":{"y":2}})"));
        CPPUNIT_ASSERT_EQUAL(std::string("/x additionalProperties is not allowed; "
                                         "/a/y additionalProperties is not allowed"),
                             failures(open, R"({"x":1,"a":{"y":2}})", reject));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(free, R"({"x":1})", reject));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(R"({"type":"object"})", R"({"x":1})", reject));
        CPPUNIT_ASSERT_EQUAL(std::string("/x additionalProperties is not allowed"),
                             failures(R"({"additionalProperties":false})", R"({"x":1})"));
    }

    void unknownMembersBesideCombinations() {
        ValidateOptions reject;
        reject.rejectUnknown = true;
        const std::string both = R"({"properties":{"a":{}},"allOf":[{"properties":{"b":{}}}]})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(both, R"({"a":1,"b":2,"c":3})", reject));
        const std::string ref = R"({"$ref":"#/$defs/a","$defs":{"a":{"properties":{"a":{}}}}})";
        CPPUNIT_ASSERT_EQUAL(std::string("/b additionalProperties is not allowed"),
                             failures(ref, R"({"b":2})", reject));
    }

    void failuresAreBounded() {
        std::string text = "[";
        for (int index = 0; index < 500; ++index) text += "\"x\",";
        text += "1]";
        Tape tape;
        CPPUNIT_ASSERT(!parse(text, tape));
        const Schema schema = compiled(R"({"items":{"type":"integer"}})");
        Details details;
        CPPUNIT_ASSERT(!schema.validate(tape, details));
        CPPUNIT_ASSERT_EQUAL(std::size_t{100}, details.items().size());
        CPPUNIT_ASSERT_EQUAL(std::string("/99"), details.items().back().path);
        // Full before it begins: still not valid.
        CPPUNIT_ASSERT(!schema.validate(tape, details));
        Details few(3);
        CPPUNIT_ASSERT(!schema.validate(tape, few));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, few.items().size());
    }

    void hostilePathsAreCut() {
        const std::string key(100000, 'k');
        const std::string text = "{\"" + key + "\":1,\"" + std::string(300, '~') + "\xe2\x82\xac" + key + "\":2}";
        Tape tape;
        CPPUNIT_ASSERT(!parse(text, tape));
        Details details;
        CPPUNIT_ASSERT(!compiled(R"({"additionalProperties":false})").validate(tape, details));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, details.items().size());
        for (const auto& item : details.items()) CPPUNIT_ASSERT(item.path.size() < 600);
    }

    void lengthsCountCodePoints() {
        const std::string bounds = R"({"minLength":2,"maxLength":3})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(bounds, "\"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\""));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(bounds, "\"\xf0\x9f\x98\x80\xc3\xa9\xe2\x82\xac\""));
        CPPUNIT_ASSERT_EQUAL(std::string(" minLength must be at least 2 characters long"),
                             failures(bounds, "\"\xf0\x9f\x98\x80\""));
        CPPUNIT_ASSERT_EQUAL(std::string(" maxLength must be at most 3 characters long"), failures(bounds, "\"abcd\""));
        CPPUNIT_ASSERT_EQUAL(std::string(" x-maxBytes must be at most 3 bytes long"),
                             failures(R"({"x-maxBytes":3,"maxLength":3})", "\"\xc3\xa9\xc3\xa9\""));
    }

    void integersByValue() {
        for (const std::string value : {"1", "1.0", "1e2", "-0", "18446744073709551615", "9007199254740993"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(value, std::string(), failures(R"({"type":"integer"})", value));
        for (const std::string value : {"1.5", "1e300", "-1e-3"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(value, std::string(" type must be an integer"),
                                         failures(R"({"type":"integer"})", value));
        CPPUNIT_ASSERT_EQUAL(std::string(" maximum must be at most 9007199254740992"),
                             failures(R"({"maximum":9007199254740992})", "9007199254740993"));
    }

    void valuesByEquality() {
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(R"({"const":{"a":1,"b":[1.0,"x"]}})", R"({"b":[1,"x"],"a":1.0})"));
        CPPUNIT_ASSERT(!failures(R"({"const":{"a":1}})", R"({"a":1,"b":2})").empty());
        CPPUNIT_ASSERT(!failures(R"({"const":false})", "0").empty());
        CPPUNIT_ASSERT(!failures(R"({"enum":["1"]})", "1").empty());
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             failures(R"({"uniqueItems":true})", R"([1,"1",true,null,[1],{"a":1},[[1]]])"));
        CPPUNIT_ASSERT(!failures(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2.0,"a":1}])").empty());
        CPPUNIT_ASSERT(!failures(R"({"uniqueItems":true})", R"([[1,[2]],[1,[2]]])").empty());
        CPPUNIT_ASSERT(!failures(R"({"uniqueItems":true})", "[0,-0.0]").empty());
    }

    // Comparing each with each would take minutes here.
    void uniqueItemsAreCheap() {
        std::string text = "[";
        std::string members;
        std::string reversed;
        for (int index = 0; index < 200000; ++index) {
            text += std::to_string(index) + ",";
            const std::string member = "\"" + std::to_string(index) + "\":0";
            members += (index != 0 ? "," : "") + member;
            if (index < 20000) reversed = member + (index != 0 ? "," : "") + reversed;
        }
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(R"({"uniqueItems":true})", text + "{" + members + "}]"));
        CPPUNIT_ASSERT(!failures(R"({"uniqueItems":true})", text + "199999]").empty());
        const std::string same = "{\"0\":0" + members.substr(5, members.find("\"20000\"") - 6) + "}";
        CPPUNIT_ASSERT(!failures(R"({"uniqueItems":true})", "[" + same + ",{" + reversed + "}]").empty());
    }

    void combinations() {
        const std::string schema =
            R"({"allOf":[{"minimum":1},{"maximum":5}],"anyOf":[{"multipleOf":2},{"multipleOf":3}],
            "oneOf":[{"const":2},{"minimum":4},{"const":3}],"not":{"const":5}})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, "2"));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, "4"));
        CPPUNIT_ASSERT_EQUAL(std::string(" anyOf must match at least one of the allowed forms; "
                                         " not must not match the excluded form"),
                             failures(schema, "5"));
        CPPUNIT_ASSERT_EQUAL(std::string(" minimum must be at least 1; "
                                         " oneOf must match exactly one of the allowed forms"),
                             failures(schema, "0"));
        // A failure within a branch is no failure of its own.
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             failures(R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", R"({"b":1})"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("/a minimum must be at least 3"),
            failures(R"({"properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"minimum":3}}})", R"({"a":1})"));
    }

    void recursion() {
        const std::string tree = R"({"type":"object","required":["v"],"properties":{"v":{"type":"integer"},
            "children":{"type":"array","items":{"$ref":"#"}}}})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(tree, R"({"v":1,"children":[{"v":2},{"v":3,"children":[]}]})"));
        CPPUNIT_ASSERT_EQUAL(std::string("/children/0/children/0/v required is required"),
                             failures(tree, R"({"v":1,"children":[{"v":2,"children":[{}]}]})"));
    }

    void manyProperties() {
        std::string schema = "{\"properties\":{";
        std::string required = "\"required\":[";
        std::string value = "{";
        for (int index = 0; index < 300; ++index) {
            const std::string name = "\"p" + std::to_string(index) + "\"";
            schema += name + ":{\"type\":\"integer\"},";
            required += (index != 0 ? "," : "") + name;
            value += (index != 0 ? "," : "") + ("\"p" + std::to_string(299 - index)) + "\":" + std::to_string(index);
        }
        const Schema many =
            compiled(schema + "\"q\":{\"type\":\"string\"}}," + required + "],\"additionalProperties\":false}");
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(many, value + "}"));
        CPPUNIT_ASSERT_EQUAL(std::string("/q type must be a string; /p300 additionalProperties is not allowed"),
                             failures(many, value + ",\"q\":1,\"p300\":1}"));
        value.replace(value.find("\"p7\""), 4, "\"x7\"");
        CPPUNIT_ASSERT_EQUAL(std::string("/x7 additionalProperties is not allowed; /p7 required is required"),
                             failures(many, value + "}"));
    }

    void emptySchemaAcceptsAll() {
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(Schema(), R"({"a":[1,null]})"));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures("true", "[1]"));
    }

    void detailsAsJson() {
        Tape tape;
        CPPUNIT_ASSERT(!parse(R"({"email":"x"})", tape));
        Details details;
        ValidateOptions options;
        CPPUNIT_ASSERT(!compiled(R"({"properties":{"email":{"format":"email"}}})").validate(tape, details, options));
        details.add(Location::header, "/x", "own", "is \"odd\"");
        std::string text;
        Writer writer(text);
        details.write(writer);
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"([{"in":"body","path":"/email","code":"format","message":"must be a valid email"},)"
                        R"({"in":"header","path":"/x","code":"own","message":"is \"odd\""}])"),
            text);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaValidateTest);
