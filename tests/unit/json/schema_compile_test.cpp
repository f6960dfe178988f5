// SPDX-License-Identifier: Apache-2.0
#include "json/schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

using mortise::json::Schema;

namespace {

// "" when it compiles.
std::string faultOf(const std::string& text) {
    Schema schema;
    const auto fault = Schema::compile(text, schema);
    return fault ? fault->pointer + ": " + fault->message : "";
}

} // namespace

class SchemaCompileTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SchemaCompileTest);
    CPPUNIT_TEST(faultsNamePlaceAndReason);
    CPPUNIT_TEST(faultKeepsTheFormerSchema);
    CPPUNIT_TEST(selfReferencesAreRefusedOnlyInPlace);
    CPPUNIT_TEST(subsetIsAccepted);
    CPPUNIT_TEST_SUITE_END();

    void faultsNamePlaceAndReason() {
        struct Case {
            std::string schema;
            std::string pointer;
            std::string part; // of the message
        };
        const std::vector<Case> cases = {
            {"", "", "is not JSON: empty document at byte 0"},
            {"{\"type\":}", "", "is not JSON: unexpected character at byte 8"},
            {"[]", "", "must be an object, true or false"},
            {"3", "", "must be an object, true or false"},
            {R"({"minLenght":1})", "/minLenght", "keyword 'minLenght' is not supported; did you mean 'minLength'?"},
            {R"({"nullable":true})", "/nullable", "[\"...\", \"null\"]"},
            {R"({"dependencies":{}})", "/dependencies", "is not supported"},
            {R"({"properties":{"a/b":{"x":1}}})", "/properties/a~1b/x", "is not supported"},
            {R"({"items":{"properties":{"~":{"container":{}}}}})", "/items/properties/~0/container",
             "is not supported"},
            {R"({"if":3})", "/if", "must be an object, true or false"},
            {R"({"then":{}})", "/then", "says nothing without 'if'"},
            {R"({"else":{}})", "/else", "says nothing without 'if'"},
            {R"({"minContains":1})", "/minContains", "says nothing without 'contains'"},
            {R"({"maxContains":1})", "/maxContains", "says nothing without 'contains'"},
            {R"({"contains":{},"maxContains":0})", "/maxContains", "nothing could match"},
            {R"({"minProperties":2,"maxProperties":1})", "/maxProperties", "nothing could match"},
            {R"({"type":"string","contains":{}})", "/contains", "says nothing about the type given here"},
            {R"({"type":"array","propertyNames":{}})", "/propertyNames", "says nothing about the type given here"},
            {R"({"type":"object","prefixItems":[{}]})", "/prefixItems", "says nothing about the type given here"},
            {R"({"prefixItems":[]})", "/prefixItems", "not empty"},
            {R"({"prefixItems":[{},3]})", "/prefixItems/1", "must be an object, true or false"},
            {R"({"patternProperties":[]})", "/patternProperties", "must be an object"},
            {R"({"patternProperties":{"a(":{}}})", "/patternProperties/a(",
             "at byte 1, has a group that is not closed"},
            {R"({"patternProperties":{"a":{"type":1}}})", "/patternProperties/a/type", "must be null"},
            {R"({"dependentRequired":[]})", "/dependentRequired", "must be an object"},
            {R"({"dependentRequired":{"a":"b"}})", "/dependentRequired/a", "array of strings"},
            {R"({"dependentRequired":{"a":[1]}})", "/dependentRequired/a", "array of strings"},
            {R"({"dependentSchemas":{"a":3}})", "/dependentSchemas/a", "must be an object, true or false"},
            {R"({"unevaluatedProperties":3})", "/unevaluatedProperties", "must be an object, true or false"},
            {R"({"$dynamicRef":"#a"})", "/$dynamicRef", "use '$ref'"},
            {R"({"$dynamicAnchor":"a"})", "/$dynamicAnchor", "use '$anchor'"},
            {R"({"$vocabulary":{}})", "/$vocabulary", "is not supported"},
            {R"({"$anchor":"1"})", "/$anchor", "must be a letter"},
            {R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})", "/$defs/b", "the same anchor"},
            {R"({"type":"strin"})", "/type", "must be null, boolean"},
            {R"({"type":3})", "/type", "must be null, boolean"},
            {R"({"type":[]})", "/type", "must not be empty"},
            {R"({"type":["string","string"]})", "/type", "twice"},
            {R"({"properties":[]})", "/properties", "must be an object"},
            {R"({"properties":{"a":3}})", "/properties/a", "must be an object, true or false"},
            {R"({"required":"a"})", "/required", "array of strings"},
            {R"({"required":[1]})", "/required", "array of strings"},
            {R"({"required":["a","a"]})", "/required", "'a' twice"},
            {R"({"additionalProperties":[]})", "/additionalProperties", "must be an object, true or false"},
            {R"({"items":[{}]})", "/items", "must be an object, true or false"},
            {R"({"enum":[]})", "/enum", "not empty"},
            {R"({"enum":"a"})", "/enum", "must be an array"},
            {R"({"minLength":-1})", "/minLength", "must be an integer, 0 or more"},
            {R"({"minLength":1.5})", "/minLength", "must be an integer, 0 or more"},
            {R"({"maxLength":"5"})", "/maxLength", "must be an integer, 0 or more"},
            {R"({"maxLength":4294967295})", "/maxLength", "too large"},
            {R"({"minLength":5,"maxLength":4})", "/maxLength", "nothing could match"},
            {R"({"maxItems":1,"minItems":2})", "/maxItems", "nothing could match"},
            {R"({"x-minBytes":9,"x-maxBytes":8})", "/x-maxBytes", "nothing could match"},
            {R"({"x-maxBytes":"72"})", "/x-maxBytes", "must be an integer"},
            {R"({"minimum":2,"maximum":1.5})", "/maximum", "nothing could match"},
            {R"({"minimum":"1"})", "/minimum", "must be a number"},
            {R"({"multipleOf":0})", "/multipleOf", "greater than 0"},
            {R"({"multipleOf":-1})", "/multipleOf", "greater than 0"},
            {R"({"uniqueItems":1})", "/uniqueItems", "true or false"},
            {R"({"pattern":"("})", "/pattern", "is a pattern that, at byte 0, has a group that is not closed"},
            {R"j({"pattern":"ab(?=a)"})j", "/pattern", "is a pattern that, at byte 2, looks ahead, which RE2 cannot"},
            {R"j({"pattern":"((a{1000}){1000}){9}"})j", "/pattern", "is not a pattern that RE2 takes"},
            {R"({"pattern":3})", "/pattern", "must be a string"},
            {R"({"format":"emial"})", "/format", "format 'emial' is not supported; did you mean 'email'?"},
            {R"({"format":"regex"})", "/format", "not supported"},
            {R"({"type":"integer","minLength":1})", "/minLength", "says nothing about the type given here"},
            {R"({"type":"string","properties":{}})", "/properties", "says nothing about the type given here"},
            {R"({"$ref":"other.json"})", "/$ref", "only references into this schema"},
            {R"({"$ref":"#name"})", "/$ref", "leads nowhere"},
            {R"({"$ref":"#/$defs/none"})", "/$ref", "leads nowhere"},
            {R"({"$ref":"#/$defs/%zz"})", "/$ref", "malformed percent escape"},
            {R"({"$defs":{"a":{"type":"x"}}})", "/$defs/a/type", "must be null"},
            {R"({"properties":{"p":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"x"}}})", "/$defs/a/type",
             "must be null"},
            {R"({"$schema":"http://json-schema.org/draft-07/schema#"})", "/$schema", "2020-12"},
            {R"({"properties":{"a":{"$id":"x"}}})", "/properties/a/$id", "root only"},
            {R"({"allOf":[]})", "/allOf", "not empty"},
            {R"({"anyOf":[{},{"oneOf":{}}]})", "/anyOf/1/oneOf", "must be an array of schemas"},
            {R"({"type":"integer","default":"1"})", "/default", "must be an integer"},
            {R"({"properties":{"a":{"type":"object","required":["b"],"default":{}}}})", "/properties/a/default",
             "'/b' is required"},
            {R"({"properties":{"a":{"required":["b"],"properties":{"b":{"default":1}},"default":{}}}})",
             "/properties/a/default", "'/b' is required"},
            {R"({"$ref":"#"})", "", "refers to itself"},
            {R"({"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#"}]}}})", "", "refers to itself"},
        };
        for (const Case& item : cases) {
            Schema schema;
            const auto fault = Schema::compile(item.schema, schema);
            CPPUNIT_ASSERT_MESSAGE(item.schema, fault.has_value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.schema, item.pointer, fault->pointer);
            CPPUNIT_ASSERT_MESSAGE(item.schema + " -> " + fault->message,
                                   fault->message.find(item.part) != std::string::npos);
        }
    }

    void faultKeepsTheFormerSchema() {
        Schema schema;
        CPPUNIT_ASSERT(!Schema::compile(R"({"type":"object"})", schema));
        const void* const before = &schema.program();
        CPPUNIT_ASSERT(Schema::compile("{", schema));
        CPPUNIT_ASSERT(before == &schema.program());
    }

    void selfReferencesAreRefusedOnlyInPlace() {
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf(R"({"properties":{"next":{"$ref":"#"}}})"));
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf(R"({"items":{"$ref":"#"}})"));
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             faultOf(R"({"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"$defs":{"a":{}}})"));
        CPPUNIT_ASSERT(!faultOf(R"({"$defs":{"a":{"not":{"$ref":"#/$defs/a"}}}})").empty());
    }

    void subsetIsAccepted() {
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf("true"));
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf("false"));
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf(R"({
            "$schema":"https://json-schema.org/draft/2020-12/schema", "$id":"x", "$comment":"c", "title":"t",
            "description":"d", "examples":[1], "example":1, "deprecated":true, "readOnly":true, "writeOnly":false,
            "x-anything":{"minLenght":1}, "type":"object", "required":["a","z"], "additionalProperties":false,
            "properties":{
                "a":{"type":["string","null"],"minLength":1,"maxLength":9,"pattern":"^a","format":"email","x-maxBytes":72},
                "b":{"type":"integer","minimum":1,"maximum":5,"multipleOf":2,"default":2},
                "c":{"type":"array","items":{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1},"minItems":1,
                     "maxItems":3,"uniqueItems":true},
                "d":{"enum":["x",1,null]}, "e":{"const":{"k":[1]}}, "f":{"$ref":"#/$defs/f"},
                "g":{"anyOf":[{},true]}, "h":{"oneOf":[{"not":{}}]}, "i":{"allOf":[{"type":"string"}]}},
            "$defs":{"f":{"format":"uuid"},"~/ %":{"type":"null"},"g":{"$ref":"#/$defs/~0~1%20%25"}}})"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaCompileTest);
