// SPDX-License-Identifier: Apache-2.0
#include "json/metaschemas.hpp"

#include <array>

namespace mortise::json {
namespace {

constexpr std::string_view folder = "https://json-schema.org/draft/2020-12/";

struct Metaschema {
    std::string_view name; // in the folder
    std::string_view text;
};

constexpr std::array metaschemas = {
    Metaschema{
        "schema",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/core":true,)j"
        R"j("https://json-schema.org/draft/2020-12/vocab/applicator":true,)j"
        R"j("https://json-schema.org/draft/2020-12/vocab/unevaluated":true,)j"
        R"j("https://json-schema.org/draft/2020-12/vocab/validation":true,)j"
        R"j("https://json-schema.org/draft/2020-12/vocab/meta-data":true,)j"
        R"j("https://json-schema.org/draft/2020-12/vocab/format-annotation":true,)j"
        R"j("https://json-schema.org/draft/2020-12/vocab/content":true},"$dynamicAnchor":"meta",)j"
        R"j("allOf":[{"$ref":"meta/core"},{"$ref":"meta/applicator"},{"$ref":"meta/unevaluated"},{"$ref":"meta/validation"},)j"
        R"j({"$ref":"meta/meta-data"},{"$ref":"meta/format-annotation"},{"$ref":"meta/content"}],"type":["object",)j"
        R"j("boolean"],"properties":{"definitions":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"},)j"
        R"j("deprecated":true,"default":{}},"dependencies":{"type":"object",)j"
        R"j("additionalProperties":{"anyOf":[{"$dynamicRef":"#meta"},{"$ref":"meta/validation#/$defs/stringArray"}]},)j"
        R"j("deprecated":true,"default":{}},"$recursiveAnchor":{"$ref":"meta/core#/$defs/anchorString","deprecated":true},)j"
        R"j("$recursiveRef":{"$ref":"meta/core#/$defs/uriReferenceString","deprecated":true}}})j"},
    Metaschema{
        "meta/core",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/core",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/core":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"$id":{"$ref":"#/$defs/uriReferenceString","pattern":"^[^#]*#?$"},)j"
        R"j("$schema":{"$ref":"#/$defs/uriString"},"$ref":{"$ref":"#/$defs/uriReferenceString"},)j"
        R"j("$anchor":{"$ref":"#/$defs/anchorString"},"$dynamicRef":{"$ref":"#/$defs/uriReferenceString"},)j"
        R"j("$dynamicAnchor":{"$ref":"#/$defs/anchorString"},"$vocabulary":{"type":"object",)j"
        R"j("propertyNames":{"$ref":"#/$defs/uriString"},"additionalProperties":{"type":"boolean"}},)j"
        R"j("$comment":{"type":"string"},"$defs":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}}},)j"
        R"j("$defs":{"anchorString":{"type":"string","pattern":"^[A-Za-z_][-A-Za-z0-9._]*$"},"uriString":{"type":"string",)j"
        R"j("format":"uri"},"uriReferenceString":{"type":"string","format":"uri-reference"}}})j"},
    Metaschema{
        "meta/applicator",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/applicator",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/applicator":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"prefixItems":{"$ref":"#/$defs/schemaArray"},)j"
        R"j("items":{"$dynamicRef":"#meta"},"contains":{"$dynamicRef":"#meta"},)j"
        R"j("additionalProperties":{"$dynamicRef":"#meta"},"properties":{"type":"object",)j"
        R"j("additionalProperties":{"$dynamicRef":"#meta"},"default":{}},"patternProperties":{"type":"object",)j"
        R"j("additionalProperties":{"$dynamicRef":"#meta"},"propertyNames":{"format":"regex"},"default":{}},)j"
        R"j("dependentSchemas":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"},"default":{}},)j"
        R"j("propertyNames":{"$dynamicRef":"#meta"},"if":{"$dynamicRef":"#meta"},"then":{"$dynamicRef":"#meta"},)j"
        R"j("else":{"$dynamicRef":"#meta"},"allOf":{"$ref":"#/$defs/schemaArray"},"anyOf":{"$ref":"#/$defs/schemaArray"},)j"
        R"j("oneOf":{"$ref":"#/$defs/schemaArray"},"not":{"$dynamicRef":"#meta"}},"$defs":{"schemaArray":{"type":"array",)j"
        R"j("minItems":1,"items":{"$dynamicRef":"#meta"}}}})j"},
    Metaschema{
        "meta/unevaluated",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/unevaluated",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/unevaluated":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"unevaluatedItems":{"$dynamicRef":"#meta"},)j"
        R"j("unevaluatedProperties":{"$dynamicRef":"#meta"}}})j"},
    Metaschema{
        "meta/validation",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/validation",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/validation":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"type":{"anyOf":[{"$ref":"#/$defs/simpleTypes"},{"type":"array",)j"
        R"j("items":{"$ref":"#/$defs/simpleTypes"},"minItems":1,"uniqueItems":true}]},"const":true,"enum":{"type":"array",)j"
        R"j("items":true},"multipleOf":{"type":"number","exclusiveMinimum":0},"maximum":{"type":"number"},)j"
        R"j("exclusiveMaximum":{"type":"number"},"minimum":{"type":"number"},"exclusiveMinimum":{"type":"number"},)j"
        R"j("maxLength":{"$ref":"#/$defs/nonNegativeInteger"},"minLength":{"$ref":"#/$defs/nonNegativeIntegerDefault0"},)j"
        R"j("pattern":{"type":"string","format":"regex"},"maxItems":{"$ref":"#/$defs/nonNegativeInteger"},)j"
        R"j("minItems":{"$ref":"#/$defs/nonNegativeIntegerDefault0"},"uniqueItems":{"type":"boolean","default":false},)j"
        R"j("maxContains":{"$ref":"#/$defs/nonNegativeInteger"},"minContains":{"$ref":"#/$defs/nonNegativeInteger",)j"
        R"j("default":1},"maxProperties":{"$ref":"#/$defs/nonNegativeInteger"},)j"
        R"j("minProperties":{"$ref":"#/$defs/nonNegativeIntegerDefault0"},"required":{"$ref":"#/$defs/stringArray"},)j"
        R"j("dependentRequired":{"type":"object","additionalProperties":{"$ref":"#/$defs/stringArray"}}},)j"
        R"j("$defs":{"nonNegativeInteger":{"type":"integer","minimum":0},)j"
        R"j("nonNegativeIntegerDefault0":{"$ref":"#/$defs/nonNegativeInteger","default":0},"simpleTypes":{"enum":["array",)j"
        R"j("boolean","integer","null","number","object","string"]},"stringArray":{"type":"array","items":{"type":"string"},)j"
        R"j("uniqueItems":true,"default":[]}}})j"},
    Metaschema{
        "meta/meta-data",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/meta-data",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/meta-data":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"title":{"type":"string"},"description":{"type":"string"},)j"
        R"j("default":true,"deprecated":{"type":"boolean","default":false},"readOnly":{"type":"boolean","default":false},)j"
        R"j("writeOnly":{"type":"boolean","default":false},"examples":{"type":"array","items":true}}})j"},
    Metaschema{
        "meta/format-annotation",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/format-annotation",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/format-annotation":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"format":{"type":"string"}}})j"},
    Metaschema{
        "meta/format-assertion",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/format-assertion",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/format-assertion":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"format":{"type":"string"}}})j"},
    Metaschema{
        "meta/content",
        R"j({"$schema":"https://json-schema.org/draft/2020-12/schema",)j"
        R"j("$id":"https://json-schema.org/draft/2020-12/meta/content",)j"
        R"j("$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/content":true},"$dynamicAnchor":"meta",)j"
        R"j("type":["object","boolean"],"properties":{"contentEncoding":{"type":"string"},)j"
        R"j("contentMediaType":{"type":"string"},"contentSchema":{"$dynamicRef":"#meta"}}})j"},
};

} // namespace

std::string_view metaschemaAt(std::string_view uri) noexcept {
    if (!uri.starts_with(folder)) return {};
    for (const Metaschema& schema : metaschemas)
        if (schema.name == uri.substr(folder.size())) return schema.text;
    return {};
}

} // namespace mortise::json
