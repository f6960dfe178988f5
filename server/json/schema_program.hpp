// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/format.hpp"
#include "json/number.hpp"
#include "json/tape.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

namespace mortise::json {

// A compiled schema: flat vectors that refer to each other by index. Root is rules[0].

inline constexpr std::uint32_t no_index = 0xffffffffu;
inline constexpr std::uint32_t no_limit = 0xffffffffu;

// Bits of Rule::types. `number` comes with `integer` always.
namespace types {
inline constexpr std::uint8_t null = 1;
inline constexpr std::uint8_t boolean = 2;
inline constexpr std::uint8_t integer = 4;
inline constexpr std::uint8_t number = 8;
inline constexpr std::uint8_t string = 16;
inline constexpr std::uint8_t array = 32;
inline constexpr std::uint8_t object = 64;
inline constexpr std::uint8_t any = 127;

// Of MORTISE_JSON_NULL ... MORTISE_JSON_OBJECT.
constexpr std::uint8_t of(std::uint8_t kind) noexcept {
    constexpr std::array<std::uint8_t, 8> bits = {null,   boolean, boolean, integer | number,
                                                  number, string,  array,   object};
    return bits[kind];
}
} // namespace types

// first, first + 1, ... first + count - 1 of some vector.
struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool empty() const noexcept { return count == 0; }
};

enum class Unknown : std::uint8_t { unset, allowed, rejected };

// One subschema. Those without `extra` are checked on a path of their own, which knows none of the keywords in Extra.
struct Rule {
    std::uint8_t types = types::any;
    Format format = Format::none;
    Unknown unknown = Unknown::unset;
    bool unique = false;
    bool never = false;    // the schema `false`
    bool strings = false;  // has checks for strings besides the type
    bool combined = false; // has allOf, anyOf, oneOf, not or $ref
    bool defaults = false; // some default below here, where they are applied
    bool closable = false; // ValidateOptions::rejectUnknown counts here
    std::uint32_t minLength = 0;
    std::uint32_t maxLength = no_limit;
    std::uint32_t minBytes = 0;
    std::uint32_t maxBytes = no_limit;
    std::uint32_t minItems = 0;
    std::uint32_t maxItems = no_limit;
    std::uint32_t bounds = no_index;      // of `bounds`
    std::uint32_t pattern = no_index;     // of `patterns`
    std::uint32_t items = no_index;       // of `rules`
    std::uint32_t ref = no_index;         // of `rules`
    std::uint32_t excluded = no_index;    // `not`, of `rules`
    std::uint32_t enumeration = no_index; // the array, of `values`
    std::uint32_t constant = no_index;    // of `values`
    std::uint32_t fallback = no_index;    // `default`, of `values`
    std::uint32_t extra = no_index;       // of `extras`: the keywords that few schemas use
    std::uint32_t required = 0;           // how many properties are
    Range properties;                     // of `properties`: in the schema's order
    Range sorted;                         // of `links`: the same properties by length and bytes, when there are many
    Range allOf;                          // of `links`, these of `rules`
    Range anyOf;
    Range oneOf;
};

// The rarer keywords of a subschema.
struct Extra {
    std::uint32_t resource = 0;          // that the subschema stands in; counts for dynamic references only
    std::uint32_t additional = no_index; // additionalProperties, if neither true nor false, of `rules`
    Range patternProperties;             // of `patternRules`
    std::uint32_t names = no_index;      // propertyNames, of `rules`
    std::uint32_t minProperties = 0;
    std::uint32_t maxProperties = no_limit;
    Range dependents;                  // dependentRequired and dependentSchemas, of `dependents`
    Range prefix;                      // prefixItems, of `links`, these of `rules`
    std::uint32_t contains = no_index; // of `rules`
    std::uint32_t minContains = 1;
    std::uint32_t maxContains = no_limit;
    std::uint32_t condition = no_index;             // if, of `rules`
    std::uint32_t consequence = no_index;           // then, of `rules`
    std::uint32_t alternative = no_index;           // else, of `rules`
    std::uint32_t unevaluatedItems = no_index;      // of `rules`
    std::uint32_t unevaluatedProperties = no_index; // of `rules`
    std::uint32_t dynamicRef = no_index;            // of `dynamicRefs`
};

struct PatternRule {
    std::uint32_t pattern; // of `patterns`
    std::uint32_t rule;
};

// What the presence of a member asks for.
struct Dependent {
    std::string_view name;
    Range required;                // of `names`
    std::uint32_t rule = no_index; // of `rules`
};

// Where a $dynamicRef leads when a resource is the outermost one entered that has the anchor.
struct DynamicAnchor {
    std::uint32_t resource;
    std::uint32_t rule;
};

struct DynamicRef {
    std::uint32_t initial = no_index; // of `rules`
    std::string_view name;            // of the anchor; empty when it is not dynamic
    Range anchors;                    // of `dynamicAnchors`, by resource
};

struct Property {
    std::string_view name; // in a document
    std::uint32_t rule;    // no_index: only named in `required`
    bool required;
    bool defaulted; // has a default, directly or behind $ref
};

struct Bound {
    Number number;
    std::string_view text; // in a document
};

struct Pattern {
    std::unique_ptr<const RE2> compiled;
    std::string_view text; // as it was written, in a document
};

struct Bounds {
    std::optional<Bound> minimum;
    std::optional<Bound> maximum;
    std::optional<Bound> exclusiveMinimum;
    std::optional<Bound> exclusiveMaximum;
    std::optional<Bound> multipleOf;
};

// The order of Rule::sorted: shorter names first.
bool isNameBefore(std::string_view left, std::string_view right) noexcept;

struct SchemaProgram {
    std::vector<std::unique_ptr<const Tape>> documents; // own what names, texts and values point to
    std::vector<Rule> rules;
    std::vector<Extra> extras;
    std::vector<Property> properties;
    std::vector<PatternRule> patternRules;
    std::vector<Dependent> dependents;
    std::vector<DynamicRef> dynamicRefs;
    std::vector<DynamicAnchor> dynamicAnchors;
    std::vector<std::string_view> names;
    std::vector<Value> values;
    std::vector<std::uint32_t> links;
    std::vector<Bounds> bounds;
    std::vector<Pattern> patterns;
    std::uint64_t seed = 0; // of the hash behind uniqueItems
    bool refusesNul = true; // U+0000 in strings and keys of what is checked

    // The property of that name; `hint` is where the search begins (members mostly come in the schema's order) and
    // receives the place behind what was found. no_index when unknown.
    std::uint32_t findProperty(const Rule& rule, std::string_view name, std::uint32_t& hint) const noexcept;
    // `rule` has an Extra or this is the empty one.
    const Extra& extraOf(const Rule& rule) const noexcept;
    // The default of a rule, or of what its $ref leads to; no_index when there is none.
    std::uint32_t fallbackOf(std::uint32_t rule) const noexcept;
    // The types that a rule and what its $ref leads to leave.
    std::uint8_t typesOf(std::uint32_t rule) const noexcept;
};

} // namespace mortise::json
