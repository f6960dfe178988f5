// SPDX-License-Identifier: Apache-2.0
// The keywords that few schemas use, in strict mode, and what spec mode adds.
#include "json/parser.hpp"
#include "json/schema.hpp"
#include "json/schema_keywords.hpp"
#include "json/schema_program.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <string>
#include <vector>

using mortise::json::CompileOptions;
using mortise::json::Details;
using mortise::json::parse;
using mortise::json::Schema;
using mortise::json::SchemaMode;
using mortise::json::Tape;
using mortise::json::ValidateOptions;

namespace {

std::string faultOf(std::string_view text, const CompileOptions& options = {}) {
    Schema schema;
    const auto fault = Schema::compile(text, schema, options);
    return fault ? fault->pointer + ": " + fault->message : "";
}

std::string failures(std::string_view text, std::string_view value, const ValidateOptions& options = {},
                     const CompileOptions& compile = {}) {
    Schema schema;
    const auto fault = Schema::compile(text, schema, compile);
    CPPUNIT_ASSERT_MESSAGE(fault ? std::string(text) + ": " + fault->pointer + " " + fault->message : "", !fault);
    Tape tape;
    CPPUNIT_ASSERT_MESSAGE(std::string(value), !parse(value, tape));
    Details details;
    const bool good = schema.validate(tape, details, options);
    CPPUNIT_ASSERT_EQUAL(good, details.empty());
    Details none(0);
    CPPUNIT_ASSERT_EQUAL(good, schema.validate(tape, none, options));
    std::string list;
    for (const auto& item : details.items())
        list += (list.empty() ? "" : "; ") + item.path + " " + item.code + " " + item.message;
    return list;
}

CompileOptions specMode() {
    CompileOptions options;
    options.mode = SchemaMode::spec;
    return options;
}

} // namespace

class SchemaKeywordsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SchemaKeywordsTest);
    CPPUNIT_TEST(keywordsAreInOrder);
    CPPUNIT_TEST(everyMessage);
    CPPUNIT_TEST(maps);
    CPPUNIT_TEST(tuples);
    CPPUNIT_TEST(conditions);
    CPPUNIT_TEST(unevaluatedMembers);
    CPPUNIT_TEST(unevaluatedItems);
    CPPUNIT_TEST(unknownMembersBesideRareKeywords);
    CPPUNIT_TEST(defaultsStandInOnlyWhereTheyAreApplied);
    CPPUNIT_TEST(anchors);
    CPPUNIT_TEST(annotationsOfOpenApi);
    CPPUNIT_TEST(plainSchemasHaveNoExtra);
    CPPUNIT_TEST(carelessChainsAreRefused);
    CPPUNIT_TEST(carelessGrowthIsBounded);
    CPPUNIT_TEST(bigSchemasCompile);
    CPPUNIT_TEST(specIsLenient);
    CPPUNIT_TEST(specResolvesDocuments);
    CPPUNIT_TEST(specFollowsDynamicReferences);
    CPPUNIT_TEST(specFaults);
    CPPUNIT_TEST_SUITE_END();

    void keywordsAreInOrder() {
        const auto& list = mortise::json::schemaKeywords();
        CPPUNIT_ASSERT(std::is_sorted(list.begin(), list.end(),
                                      [](const auto& left, const auto& right) { return left.name < right.name; }));
    }

    void everyMessage() {
        struct Case {
            std::string schema, value, expected;
        };
        const std::vector<Case> cases = {
            {R"({"contains":{"type":"string"}})", "[1]", " contains must have at least 1 matching item"},
            {R"({"contains":{"const":1},"minContains":2})", "[1,2]", " contains must have at least 2 matching items"},
            {R"({"contains":{"const":1},"maxContains":1})", "[1,1.0]",
             " maxContains must have at most 1 matching item"},
            {R"({"contains":{"const":1},"minContains":0})", "[]", ""},
            {R"({"minProperties":1})", "{}", " minProperties must have at least 1 member"},
            {R"({"maxProperties":1})", R"({"a":1,"b":2})", " maxProperties must have at most 1 member"},
            {R"({"propertyNames":{"maxLength":2}})", R"({"ab":1,"abc":2})",
             "/abc propertyNames must have a permitted name"},
            {R"({"dependentRequired":{"a":["b","c"]}})", R"({"a":1,"c":2})",
             "/b dependentRequired is required beside a"},
            {R"({"dependentRequired":{"a":["b"]}})", R"({"c":2})", ""},
            {R"({"unevaluatedProperties":false})", R"({"a":1})", "/a unevaluatedProperties is not allowed"},
            {R"({"unevaluatedItems":false})", "[1]", "/0 unevaluatedItems is not allowed"},
            {R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"a":1})", "/b required is required"},
            {R"({"additionalProperties":{"type":"string"}})", R"({"a":1})", "/a type must be a string"},
            {R"({"pattern":"^\\p{Letter}$"})", R"("1")", " pattern must match the pattern ^\\p{Letter}$"},
        };
        for (const Case& item : cases)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.schema, item.expected, failures(item.schema, item.value));
    }

    void maps() {
        const std::string schema = R"({"type":"object","properties":{"id":{"type":"integer"}},
            "patternProperties":{"^s_":{"type":"string"},"_n$":{"minLength":2}},"additionalProperties":{"type":"boolean"},
            "required":["id"]})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, R"({"id":1,"s_a":"x","s_n":"xx","other":true})"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("/s_a type must be a string; /s_n minLength must be at least 2 characters long; "
                        "/other type must be a boolean; /id required is required"),
            failures(schema, R"({"s_a":1,"s_n":"x","other":1})"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("/b additionalProperties is not allowed"),
            failures(R"({"patternProperties":{"^a":{}},"additionalProperties":false})", R"({"ab":1,"b":2})"));
    }

    void tuples() {
        const std::string schema =
            R"({"prefixItems":[{"type":"string"},{"type":"integer"}],"items":{"type":"boolean"}})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, R"(["a",1,true,false])"));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, R"(["a"])"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("/0 type must be a string; /1 type must be an integer; /3 type must be a boolean"),
            failures(schema, R"([1,"a",true,1])"));
        CPPUNIT_ASSERT_EQUAL(std::string("/1 false is not allowed"),
                             failures(R"({"prefixItems":[{}],"items":false})", "[1,2]"));
    }

    void conditions() {
        const std::string schema = R"({"if":{"properties":{"kind":{"const":"card"}},"required":["kind"]},
            "then":{"required":["number"]},"else":{"required":["iban"]}})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, R"({"kind":"card","number":1})"));
        CPPUNIT_ASSERT_EQUAL(std::string("/number required is required"), failures(schema, R"({"kind":"card"})"));
        CPPUNIT_ASSERT_EQUAL(std::string("/iban required is required"), failures(schema, R"({"kind":"x"})"));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(R"({"if":{"type":"string"},"then":{"minLength":2}})", "1"));
    }

    void unevaluatedMembers() {
        const std::string schema = R"({"properties":{"a":{"type":"integer"}},
            "anyOf":[{"properties":{"b":{"type":"integer"}},"required":["b"]},
                     {"properties":{"c":{"type":"integer"}},"required":["c"]}],"unevaluatedProperties":false})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, R"({"a":1,"b":2,"c":3})"));
        CPPUNIT_ASSERT_EQUAL(std::string("/c unevaluatedProperties is not allowed"),
                             failures(schema, R"({"b":2,"c":"no"})"));
        // A part that fails is told as itself, what it looked at is not told as unknown besides.
        CPPUNIT_ASSERT_EQUAL(
            std::string("/a type must be an integer"),
            failures(R"({"allOf":[{"properties":{"a":{"type":"integer"}}}],"unevaluatedProperties":false})",
                     R"({"a":"x"})"));
        // What is deeper does not count for the same name further up.
        CPPUNIT_ASSERT_EQUAL(
            std::string("/b unevaluatedProperties is not allowed"),
            failures(
                R"({"properties":{"a":{"properties":{"b":{}},"unevaluatedProperties":false}},"unevaluatedProperties":false})",
                R"({"a":{"b":1},"b":1})"));
    }

    void unevaluatedItems() {
        const std::string schema =
            R"({"prefixItems":[{}],"contains":{"type":"string"},"unevaluatedItems":{"type":"null"}})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(schema, R"([1,"a",null,"b"])"));
        CPPUNIT_ASSERT_EQUAL(std::string("/2 type must be null"), failures(schema, R"([1,"a",2])"));
    }

    void unknownMembersBesideRareKeywords() {
        ValidateOptions reject;
        reject.rejectUnknown = true;
        CPPUNIT_ASSERT_EQUAL(
            std::string("/c additionalProperties is not allowed"),
            failures(R"({"properties":{"a":{}},"patternProperties":{"^b":{}}})", R"({"a":1,"b":2,"c":3})", reject));
        CPPUNIT_ASSERT_EQUAL(std::string("/c additionalProperties is not allowed"),
                             failures(R"({"properties":{"a":{}},"minProperties":1})", R"({"a":1,"c":3})", reject));
        for (const std::string_view schema :
             {R"({"properties":{"a":{}},"if":{"required":["a"]},"then":{"properties":{"c":{}}}})",
              R"({"properties":{"a":{}},"dependentSchemas":{"a":{"properties":{"c":{}}}}})",
              R"({"properties":{"a":{}},"additionalProperties":{}})",
              R"({"properties":{"a":{}},"unevaluatedProperties":{}})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(schema), std::string(),
                                         failures(schema, R"({"a":1,"c":3})", reject));
    }

    void defaultsStandInOnlyWhereTheyAreApplied() {
        const std::string item = R"({"type":"object","properties":{"n":{"default":1}},"required":["n"]})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(R"({"additionalProperties":)" + item + "}", R"({"x":{}})"));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(R"({"prefixItems":[)" + item + "]}", "[{}]"));
        CPPUNIT_ASSERT_EQUAL(std::string("/x/n required is required"),
                             failures(R"({"patternProperties":{"x":)" + item + "}}", R"({"x":{}})"));
        CPPUNIT_ASSERT(!failures(R"({"contains":)" + item + "}", "[{}]").empty());
        CPPUNIT_ASSERT(!failures(R"({"if":{},"then":)" + item + "}", "{}").empty());
    }

    void anchors() {
        const std::string schema =
            R"({"properties":{"a":{"$ref":"#id"}},"$defs":{"x":{"$anchor":"id","type":"integer"}}})";
        CPPUNIT_ASSERT_EQUAL(std::string("/a type must be an integer"), failures(schema, R"({"a":"1"})"));
    }

    void annotationsOfOpenApi() {
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf(R"({"discriminator":{"propertyName":"kind"},"xml":{"name":"a"},
            "externalDocs":{"url":"x"},"example":1,"deprecated":true,"contentMediaType":"image/png",
            "contentEncoding":"base64","contentSchema":{"type":"string"}})"));
    }

    // The promise behind the speed of ordinary routes.
    void plainSchemasHaveNoExtra() {
        Schema schema;
        CPPUNIT_ASSERT(!Schema::compile(R"({"type":"object","required":["a"],"additionalProperties":false,"properties":{
            "a":{"type":"string","minLength":1,"pattern":"^a","format":"email"},"b":{"type":"array","items":{"$ref":"#/$defs/n"},
            "uniqueItems":true,"maxItems":3},"c":{"anyOf":[{"enum":[1]},{"const":2}]}},"$defs":{"n":{"minimum":1,"default":3}}})",
                                        schema));
        CPPUNIT_ASSERT(schema.program().extras.empty());
        for (const auto& rule : schema.program().rules) CPPUNIT_ASSERT(rule.extra == mortise::json::no_index);
    }

    void carelessChainsAreRefused() {
        const auto chain = [](int length) {
            std::string text = R"({"$ref":"#/$defs/d0","$defs":{)";
            for (int index = 0; index < length; ++index)
                text += "\"d" + std::to_string(index) + "\":{\"$ref\":\"#/$defs/d" + std::to_string(index + 1) + "\"},";
            return text + "\"d" + std::to_string(length) + "\":{}}}";
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf(chain(30)));
        CPPUNIT_ASSERT(faultOf(chain(31)).find("one through the other") != std::string::npos);
        CPPUNIT_ASSERT(faultOf(chain(20000)).find("one through the other") != std::string::npos);
        for (const std::string_view cycle :
             {R"({"if":{"$ref":"#"}})", R"({"if":{},"then":{"$ref":"#"}})", R"({"if":{},"else":{"$ref":"#"}})",
              R"({"dependentSchemas":{"a":{"$ref":"#"}}})"})
            CPPUNIT_ASSERT_MESSAGE(std::string(cycle), faultOf(cycle).find("refers to itself") != std::string::npos);
        for (const std::string_view loop :
             {R"({"contains":{"$ref":"#"}})", R"({"prefixItems":[{"$ref":"#"}]})",
              R"({"additionalProperties":{"$ref":"#"}})", R"({"patternProperties":{"":{"$ref":"#"}}})",
              R"({"unevaluatedItems":{"$ref":"#"}})", R"({"unevaluatedProperties":{"$ref":"#"}})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(loop), std::string(), faultOf(loop));
    }

    // Each level of the document, or each schema of a chain, doubles the work.
    void carelessGrowthIsBounded() {
        const std::string deep = std::string(60, '[') + std::string(60, ']');
        const std::string both = R"({"allOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]})";
        CPPUNIT_ASSERT_EQUAL(std::string(" complexity takes too many steps to check"), failures(both, deep));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(both, "[[[[1]]]]"));
        CPPUNIT_ASSERT_EQUAL(std::string(" complexity takes too many steps to check"),
                             failures(R"({"not":)" + both + "}", deep));
        const std::string objects = [] {
            std::string text;
            for (int index = 0; index < 60; ++index) text += "{\"a\":";
            return text + "1" + std::string(60, '}');
        }();
        CPPUNIT_ASSERT_EQUAL(std::string(" complexity takes too many steps to check"),
                             failures(R"({"patternProperties":{"a":{"$ref":"#"},"":{"$ref":"#"}}})", objects));
        std::string chain = R"({"$ref":"#/$defs/d0","default":1,"$defs":{)";
        for (int index = 0; index < 28; ++index) {
            const std::string next = "{\"$ref\":\"#/$defs/d" + std::to_string(index + 1) + "\"}";
            chain += "\"d" + std::to_string(index) + "\":{\"allOf\":[" + next + "," + next + "]},";
        }
        // Would take for ever where the default is tried.
        CPPUNIT_ASSERT(!faultOf(chain + "\"d28\":{}}}").empty());
    }

    void bigSchemasCompile() {
        std::string text = R"({"required":[)";
        std::string properties;
        for (int index = 0; index < 20000; ++index) {
            const std::string name = "\"p" + std::to_string(index) + "\"";
            text += (index != 0 ? "," : "") + name;
            // Defaults that are found only at the end of a long way through properties.
            properties += (index != 0 ? "," : "") + name + ":{\"properties\":{\"n\":{\"$ref\":\"#/properties/p" +
                          std::to_string(index + 1) + "\"}}}";
        }
        text += "],\"properties\":{" + properties + ",\"p20000\":{\"properties\":{\"z\":{\"default\":1}}}}}";
        Schema schema;
        const auto fault = Schema::compile(text, schema);
        CPPUNIT_ASSERT_MESSAGE(fault ? fault->pointer + fault->message : "", !fault);
        Tape tape;
        CPPUNIT_ASSERT(!parse(R"({"p0":{"n":{"n":{}}}})", tape));
        schema.applyDefaults(tape);
    }

    void specIsLenient() {
        const CompileOptions spec = specMode();
        CPPUNIT_ASSERT_EQUAL(
            std::string(), failures(R"({"unknown":{"type":3},"x-maxBytes":1,"format":"email"})", R"("abc")", {}, spec));
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             failures(R"({"type":"integer","default":"x","minLength":3})", "1", {}, spec));
        CPPUNIT_ASSERT_EQUAL(std::string(), failures("{}", R"("a\u0000")", {}, spec));
        CPPUNIT_ASSERT_EQUAL(std::string(" enum must be one of "), failures(R"({"enum":[]})", "1", {}, spec));
    }

    void specResolvesDocuments() {
        std::vector<std::string> asked;
        CompileOptions options = specMode();
        options.resolver = [&](std::string_view uri) -> std::optional<std::string> {
            asked.emplace_back(uri);
            if (uri == "http://x/dir/b") return R"({"$ref":"c#/$defs/n"})";
            if (uri == "http://x/dir/c")
                return R"({"$defs":{"n":{"type":"integer"}},"properties":{"self":{"$ref":"b"}}})";
            return std::nullopt;
        };
        const std::string schema = R"({"$id":"http://x/dir/a","properties":{"p":{"$ref":"b"},"q":{"$ref":"b#"}}})";
        CPPUNIT_ASSERT_EQUAL(std::string("/p type must be an integer"),
                             failures(schema, R"({"p":"x","q":1})", {}, options));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, asked.size());
        CPPUNIT_ASSERT_EQUAL(std::string("/$ref: leads nowhere: 'd'"),
                             faultOf(R"({"$id":"http://x/dir/a","$ref":"d"})", options));
        CPPUNIT_ASSERT_EQUAL(std::string("/$ref: leads nowhere: 'c#/$defs/z'"),
                             faultOf(R"({"$id":"http://x/dir/a","$ref":"c#/$defs/z"})", options));
        // The schema of schemas is known without a resolver.
        const std::string meta = R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(meta, R"({"properties":{"a":{"minLength":1}}})", {}, specMode()));
        CPPUNIT_ASSERT(!failures(meta, R"({"properties":{"a":{"minLength":-1}}})", {}, specMode()).empty());
    }

    void specFollowsDynamicReferences() {
        const std::string list = R"("list":{"$id":"list","type":"array","items":{"$dynamicRef":"#item"},
            "$defs":{"item":{"$dynamicAnchor":"item"}}})";
        const std::string strings = R"({"$id":"http://x/strings","$ref":"list","$defs":{"s":{"$dynamicAnchor":"item",
            "type":"string"},)" + list +
                                    "}}";
        CPPUNIT_ASSERT_EQUAL(std::string("/1 type must be a string"), failures(strings, R"(["a",1])", {}, specMode()));
        const std::string any = R"({"$id":"http://x/any","$ref":"list","$defs":{)" + list + "}}";
        CPPUNIT_ASSERT_EQUAL(std::string(), failures(any, R"(["a",1])", {}, specMode()));
        CPPUNIT_ASSERT(faultOf(R"({"$dynamicAnchor":"a","$dynamicRef":"#a"})", specMode()).find("refers to itself") !=
                       std::string::npos);
    }

    void specFaults() {
        const CompileOptions spec = specMode();
        CPPUNIT_ASSERT_EQUAL(std::string("/$schema: names a dialect that is not known: http://x/"),
                             faultOf(R"({"$schema":"http://x/#"})", spec));
        CPPUNIT_ASSERT_EQUAL(std::string("/$defs/b: has the address of another: http://x/a"),
                             faultOf(R"({"$id":"http://x/","$defs":{"a":{"$id":"a"},"b":{"$id":"/a"}}})", spec));
        CPPUNIT_ASSERT_EQUAL(std::string("/$id: must have no fragment"), faultOf(R"({"$id":"http://x/#a"})", spec));
        // A chain of documents has an end.
        CompileOptions endless = specMode();
        int served = 0;
        endless.resolver = [&](std::string_view) {
            return R"({"properties":{"a":{"$ref":"http://x/)" + std::to_string(++served) + "\"}}}";
        };
        CPPUNIT_ASSERT(faultOf(R"({"$ref":"http://x/0"})", endless).find("one document too many") != std::string::npos);
        CompileOptions broken = specMode();
        broken.resolver = [](std::string_view) { return std::string("{"); };
        CPPUNIT_ASSERT(faultOf(R"({"$ref":"http://x/0"})", broken).starts_with("http://x/0: is not JSON"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaKeywordsTest);
