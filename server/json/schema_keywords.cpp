// SPDX-License-Identifier: Apache-2.0
#include "json/schema_keywords.hpp"

#include "json/ecma_pattern.hpp"
#include "json/metaschemas.hpp"
#include "json/schema_compiler.hpp"

#include "base/suggest.hpp"

#include <algorithm>
#include <array>

namespace mortise::json {
namespace {

// A pattern's compiled form and its caches; past it RE2 falls back to its slower engine.
constexpr std::int64_t pattern_memory_bytes = 1 << 20;

struct TypeName {
    std::string_view name;
    std::uint8_t bit;
};
constexpr std::array type_names = {
    TypeName{"null", types::null},     TypeName{"boolean", types::boolean}, TypeName{"integer", types::integer},
    TypeName{"number", types::number}, TypeName{"string", types::string},   TypeName{"array", types::array},
    TypeName{"object", types::object},
};

} // namespace

Extra& SchemaCompiler::extraOf(Rule& rule) {
    if (rule.extra == no_index) {
        rule.extra = static_cast<std::uint32_t>(program_.extras.size());
        program_.extras.emplace_back();
    }
    return program_.extras[rule.extra];
}

Bounds& SchemaCompiler::boundsOf(Rule& rule) {
    if (rule.bounds == no_index) {
        rule.bounds = static_cast<std::uint32_t>(program_.bounds.size());
        program_.bounds.emplace_back();
    }
    return program_.bounds[rule.bounds];
}

std::uint32_t SchemaCompiler::keep(Value value) {
    program_.values.push_back(value);
    return static_cast<std::uint32_t>(program_.values.size() - 1);
}

std::uint32_t SchemaCompiler::count(Value value) const {
    const auto number = value.isNumber() ? value.number().uint64() : std::nullopt;
    if (!number) fault("must be an integer, 0 or more");
    if (*number >= no_limit) fault("is too large");
    return static_cast<std::uint32_t>(*number);
}

bool SchemaCompiler::boolean(Value value) const {
    if (!value.isBoolean()) fault("must be true or false");
    return value.boolean();
}

std::string_view SchemaCompiler::string(Value value) const {
    if (!value.isString()) fault("must be a string");
    return value.bytes();
}

Bound SchemaCompiler::bound(Value value) const {
    if (!value.isNumber()) fault("must be a number");
    return {value.number(), value.bytes()};
}

void SchemaCompiler::readType(Rule& rule, Value value) const {
    const auto bitOf = [this](Value name) {
        for (const TypeName& type : type_names)
            if (name.isString() && name.bytes() == type.name) return type.bit;
        fault("must be null, boolean, integer, number, string, array or object, or an array of these");
    };
    if (!value.isArray()) {
        rule.types = bitOf(value);
        return;
    }
    if (value.size() == 0) fault("must not be empty");
    rule.types = 0;
    for (const Value name : value.elements()) {
        const std::uint8_t bit = bitOf(name);
        if ((rule.types & bit) != 0) fault("names '" + std::string(name.bytes()) + "' twice");
        rule.types |= bit;
    }
}

void SchemaCompiler::readAdditional(Rule& rule, Value value) {
    if (value.isBoolean())
        rule.unknown = value.boolean() ? Unknown::allowed : Unknown::rejected;
    else
        extraOf(rule).additional = compile(value);
}

std::uint32_t SchemaCompiler::readPattern(std::string_view text) {
    std::string translated;
    if (const auto refused = translatePattern(text, translated))
        fault("is a pattern that, at byte " + std::to_string(refused->position) + ", " + refused->message);
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(pattern_memory_bytes);
    options.set_never_capture(true);
    auto pattern = std::make_unique<RE2>(re2::StringPiece(translated.data(), translated.size()), options);
    if (!pattern->ok()) fault("is not a pattern that RE2 takes: " + pattern->error());
    program_.patterns.push_back({std::move(pattern), text});
    return static_cast<std::uint32_t>(program_.patterns.size() - 1);
}

void SchemaCompiler::readPatternProperties(Rule& rule, Value value) {
    if (!value.isObject()) fault("must be an object");
    std::vector<PatternRule> list;
    for (const Member member : value.members()) {
        const SchemaStep step(pointer_, member.key);
        const std::uint32_t pattern = readPattern(member.key);
        list.push_back({pattern, compile(member.value)});
    }
    if (list.empty()) return;
    extraOf(rule).patternProperties = {static_cast<std::uint32_t>(program_.patternRules.size()),
                                       static_cast<std::uint32_t>(list.size())};
    program_.patternRules.insert(program_.patternRules.end(), list.begin(), list.end());
}

void SchemaCompiler::readFormat(Rule& rule, Value value) const {
    const std::string_view name = string(value);
    if ((resources_[resource_].vocabularies & vocabulary::format_assertion) == 0) return;
    if (const auto format = formatOf(name)) {
        if (*format != Format::binary || isStrict()) rule.format = *format; // OpenAPI's, none of the specification
        return;
    }
    if (!isStrict()) return;
    std::vector<std::string> known;
    for (const FormatEntry& entry : formats()) known.emplace_back(entry.keyword);
    fault("format '" + std::string(name) + "' is not supported" + base::didYouMean(name, known));
}

void SchemaCompiler::readAnchor(Value value) const {
    const std::string_view name = string(value);
    const auto isStart = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
    };
    const auto isPart = [&](char byte) {
        return isStart(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
    };
    if (name.empty() || !isStart(name[0]) || !std::all_of(name.begin(), name.end(), isPart))
        fault("must be a letter or '_', then letters, digits, '_', '-' and '.'");
}

void SchemaCompiler::readId(Value value) const {
    const std::string_view id = string(value);
    if (isStrict()) {
        if (pointer_ != "/$id") fault("is supported at the root only: it would move the base of references");
        return;
    }
    const std::size_t mark = id.find('#');
    if (mark != std::string_view::npos && mark + 1 != id.size()) fault("must have no fragment");
}

void SchemaCompiler::readSchema(Value value) const {
    if (string(value) != standard_dialect && isStrict()) fault("must be \"" + std::string(standard_dialect) + "\"");
}

const std::vector<SchemaKeyword>& schemaKeywords() {
    using C = SchemaCompiler;
    using V = Value;
    using R = Rule;
    namespace voc = vocabulary;
    constexpr std::uint8_t any = types::any;
    constexpr std::uint8_t numbers = types::integer | types::number;
    constexpr auto ignore = [](C&, R&, V) {};
    constexpr Subschemas none = Subschemas::none;
    constexpr Subschemas one = Subschemas::one;
    static const std::vector<SchemaKeyword> list = {
        {"$anchor", any, voc::core, none, "", [](C& c, R&, V v) { c.readAnchor(v); }},
        {"$comment", any, voc::core, none, "", ignore},
        {"$defs", any, voc::core, Subschemas::map, "", [](C& c, R&, V v) { c.compileMap(v); }},
        {"$dynamicAnchor", any, voc::core, none, "", [](C& c, R&, V v) {
             if (c.isStrict()) c.fault("is not supported; use '$anchor'");
             c.readAnchor(v);
         }},
        {"$dynamicRef", any, voc::core, none, "", [](C& c, R& r, V v) { c.readDynamicRef(r, v); }},
        {"$id", any, voc::core, none, "", [](C& c, R&, V v) { c.readId(v); }},
        {"$ref", any, voc::core, none, "", [](C& c, R& r, V v) { c.readRef(r, v); }},
        {"$schema", any, voc::core, none, "", [](C& c, R&, V v) { c.readSchema(v); }},
        {"$vocabulary", any, voc::core, none, "", [](C& c, R&, V) {
             if (c.isStrict()) c.fault("is not supported: it is for schemas of schemas");
         }},
        {"additionalProperties", types::object, voc::applicator, one, "",
         [](C& c, R& r, V v) { c.readAdditional(r, v); }},
        {"allOf", any, voc::applicator, Subschemas::list, "", [](C& c, R& r, V v) { r.allOf = c.compileList(v); }},
        {"anyOf", any, voc::applicator, Subschemas::list, "", [](C& c, R& r, V v) { r.anyOf = c.compileList(v); }},
        {"const", any, voc::validation, none, "", [](C& c, R& r, V v) { r.constant = c.keep(v); }},
        {"contains", types::array, voc::applicator, one, "",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).contains = rule;
         }},
        {"contentEncoding", types::string, voc::annotation, none, "", ignore},
        {"contentMediaType", types::string, voc::annotation, none, "", ignore},
        {"contentSchema", types::string, voc::annotation, one, "", ignore},
        {"default", any, voc::annotation, none, "",
         [](C& c, R& r, V v) {
             if (c.isStrict()) r.fallback = c.keep(v);
         }},
        {"dependentRequired", types::object, voc::validation, none, "", ignore},           // readDependents()
        {"dependentSchemas", types::object, voc::applicator, Subschemas::map, "", ignore}, // readDependents()
        {"deprecated", any, voc::annotation, none, "", ignore},
        {"description", any, voc::annotation, none, "", ignore},
        {"discriminator", any, voc::extension, none, "", ignore},
        {"else", any, voc::applicator, one, "if",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).alternative = rule;
         }},
        {"enum", any, voc::validation, none, "",
         [](C& c, R& r, V v) {
             if (!v.isArray() || (v.size() == 0 && c.isStrict())) c.fault("must be an array, not empty");
             r.enumeration = c.keep(v);
         }},
        {"example", any, voc::extension, none, "", ignore},
        {"examples", any, voc::annotation, none, "", ignore},
        {"exclusiveMaximum", numbers, voc::validation, none, "",
         [](C& c, R& r, V v) { c.boundsOf(r).exclusiveMaximum = c.bound(v); }},
        {"exclusiveMinimum", numbers, voc::validation, none, "",
         [](C& c, R& r, V v) { c.boundsOf(r).exclusiveMinimum = c.bound(v); }},
        {"externalDocs", any, voc::extension, none, "", ignore},
        {"format", types::string, voc::format, none, "", [](C& c, R& r, V v) { c.readFormat(r, v); }},
        {"if", any, voc::applicator, one, "",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).condition = rule;
         }},
        {"items", types::array, voc::applicator, one, "", [](C& c, R& r, V v) { r.items = c.compile(v); }},
        {"maxContains", types::array, voc::validation, none, "contains",
         [](C& c, R& r, V v) { c.extraOf(r).maxContains = c.count(v); }},
        {"maxItems", types::array, voc::validation, none, "", [](C& c, R& r, V v) { r.maxItems = c.count(v); }},
        {"maxLength", types::string, voc::validation, none, "", [](C& c, R& r, V v) { r.maxLength = c.count(v); }},
        {"maxProperties", types::object, voc::validation, none, "",
         [](C& c, R& r, V v) { c.extraOf(r).maxProperties = c.count(v); }},
        {"maximum", numbers, voc::validation, none, "", [](C& c, R& r, V v) { c.boundsOf(r).maximum = c.bound(v); }},
        {"minContains", types::array, voc::validation, none, "contains",
         [](C& c, R& r, V v) { c.extraOf(r).minContains = c.count(v); }},
        {"minItems", types::array, voc::validation, none, "", [](C& c, R& r, V v) { r.minItems = c.count(v); }},
        {"minLength", types::string, voc::validation, none, "", [](C& c, R& r, V v) { r.minLength = c.count(v); }},
        {"minProperties", types::object, voc::validation, none, "",
         [](C& c, R& r, V v) { c.extraOf(r).minProperties = c.count(v); }},
        {"minimum", numbers, voc::validation, none, "", [](C& c, R& r, V v) { c.boundsOf(r).minimum = c.bound(v); }},
        {"multipleOf", numbers, voc::validation, none, "",
         [](C& c, R& r, V v) {
             const Bound step = c.bound(v);
             if (step.number.compare(Number(std::int64_t{0})) <= 0) c.fault("must be greater than 0");
             c.boundsOf(r).multipleOf = step;
         }},
        {"not", any, voc::applicator, one, "", [](C& c, R& r, V v) { r.excluded = c.compile(v); }},
        {"oneOf", any, voc::applicator, Subschemas::list, "", [](C& c, R& r, V v) { r.oneOf = c.compileList(v); }},
        {"pattern", types::string, voc::validation, none, "",
         [](C& c, R& r, V v) { r.pattern = c.readPattern(c.string(v)); }},
        {"patternProperties", types::object, voc::applicator, Subschemas::map, "",
         [](C& c, R& r, V v) { c.readPatternProperties(r, v); }},
        {"prefixItems", types::array, voc::applicator, Subschemas::list, "",
         [](C& c, R& r, V v) {
             const Range range = c.compileList(v);
             c.extraOf(r).prefix = range;
         }},
        {"properties", types::object, voc::applicator, Subschemas::map, "", ignore}, // readObject()
        {"propertyNames", types::object, voc::applicator, one, "",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).names = rule;
         }},
        {"readOnly", any, voc::annotation, none, "", ignore},
        {"required", types::object, voc::validation, none, "", ignore}, // readObject()
        {"then", any, voc::applicator, one, "if",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).consequence = rule;
         }},
        {"title", any, voc::annotation, none, "", ignore},
        {"type", any, voc::validation, none, "", [](C& c, R& r, V v) { c.readType(r, v); }},
        {"unevaluatedItems", types::array, voc::unevaluated, one, "",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).unevaluatedItems = rule;
         }},
        {"unevaluatedProperties", types::object, voc::unevaluated, one, "",
         [](C& c, R& r, V v) {
             const std::uint32_t rule = c.compile(v);
             c.extraOf(r).unevaluatedProperties = rule;
         }},
        {"uniqueItems", types::array, voc::validation, none, "", [](C& c, R& r, V v) { r.unique = c.boolean(v); }},
        {"writeOnly", any, voc::annotation, none, "", ignore},
        {"x-maxBytes", types::string, voc::extension, none, "", [](C& c, R& r, V v) { r.maxBytes = c.count(v); }},
        {"x-minBytes", types::string, voc::extension, none, "", [](C& c, R& r, V v) { r.minBytes = c.count(v); }},
        {"xml", any, voc::extension, none, "", ignore},
    };
    return list;
}

const SchemaKeyword* findKeyword(std::string_view name) {
    const auto& list = schemaKeywords();
    const auto found =
        std::lower_bound(list.begin(), list.end(), name,
                         [](const SchemaKeyword& keyword, std::string_view wanted) { return keyword.name < wanted; });
    return found != list.end() && found->name == name ? &*found : nullptr;
}

Subschemas subschemasOf(std::string_view keyword) {
    const SchemaKeyword* const known = findKeyword(keyword);
    return known != nullptr ? known->subschemas : Subschemas::none;
}

std::string suggestKeyword(std::string_view name) {
    if (name == "nullable") return "; write \"type\": [\"...\", \"null\"]";
    std::vector<std::string> known;
    for (const SchemaKeyword& keyword : schemaKeywords()) known.emplace_back(keyword.name);
    return base::didYouMean(name, known);
}

} // namespace mortise::json
