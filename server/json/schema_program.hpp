// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/format.hpp"
#include "json/number.hpp"
#include "json/tape.hpp"

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
} // namespace types

// first, first + 1, ... first + count - 1 of some vector.
struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool empty() const noexcept { return count == 0; }
};

enum class Unknown : std::uint8_t { unset, allowed, rejected };

// One subschema.
struct Rule {
    std::uint8_t types = types::any;
    Format format = Format::none;
    Unknown unknown = Unknown::unset;
    bool unique = false;
    bool never = false;    // the schema `false`
    bool strings = false;  // has checks for strings besides the type
    bool combined = false; // has allOf, anyOf, oneOf, not or $ref
    bool defaults = false; // some default at or below `properties` and `items` of here
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
    std::uint32_t enumeration = no_index; // the array, a node of `source`
    std::uint32_t constant = no_index;    // a node of `source`
    std::uint32_t fallback = no_index;    // `default`, a node of `source`
    std::uint32_t required = 0;           // how many properties are
    Range properties;                     // of `properties`: in the schema's order
    Range sorted;                         // of `links`: the same properties by length and bytes, when there are many
    Range allOf;                          // of `links`, these of `rules`
    Range anyOf;
    Range oneOf;
};

struct Property {
    std::string_view name; // in `source`
    std::uint32_t rule;    // no_index: only named in `required`
    bool required;
    bool defaulted; // has a default, directly or behind $ref
};

struct Bound {
    Number number;
    std::string_view text; // in `source`
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
    Tape source;
    std::vector<Rule> rules;
    std::vector<Property> properties;
    std::vector<std::uint32_t> links;
    std::vector<Bounds> bounds;
    std::vector<std::unique_ptr<RE2>> patterns;
    std::uint64_t seed = 0; // of the hash behind uniqueItems

    Value at(std::uint32_t node) const noexcept { return {source.nodes().data() + node, source.text().data()}; }
    // The property of that name; `hint` is where the search begins (members mostly come in the schema's order) and
    // receives the place behind what was found. no_index when unknown.
    std::uint32_t findProperty(const Rule& rule, std::string_view name, std::uint32_t& hint) const noexcept;
    // The default of a rule, or of what its $ref leads to; no_index when there is none.
    std::uint32_t fallbackOf(std::uint32_t rule) const noexcept;
    // The types that a rule and what its $ref leads to leave.
    std::uint8_t typesOf(std::uint32_t rule) const noexcept;
};

} // namespace mortise::json
