// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/schema_lookup.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::json {

// Where the pairs of a form stand that has names with brackets: `a[b]` is the member b of a, `a[0]` an element, `a[]`
// one behind those with an index. Only where the schema says that there is an object or an array; every other name is
// taken literally. Views of names must stay.
class FormTree {
public:
    enum class Kind : std::uint8_t { value, object, array };
    struct Place {
        Kind kind = Kind::value;
        std::uint32_t rule = no_index;
        std::string_view key;             // of a member
        std::uint32_t index = no_index;   // of an element that has one
        std::uint32_t first = no_index;   // of a value: its first pair
        std::uint32_t last = no_index;    // its last one
        std::vector<std::uint32_t> inner; // of an object or array: places
    };
    enum class Outcome : std::uint8_t { added, conflict, too_deep };

    FormTree(SchemaLookup lookup, std::uint32_t depth);

    // After `added`, `before` is the last pair of the same place so far, or no_index.
    Outcome add(std::uint32_t pair, std::string_view name, std::uint32_t& before);

    // Puts the elements of every array in order. Nothing is added afterwards.
    void sort();
    static constexpr std::size_t root = 0;
    const Place& at(std::size_t place) const noexcept { return places_[place]; }

private:
    struct Step {
        std::string_view key;
        std::uint32_t rule = no_index;
        bool isElement = false;
    };

    // The steps that a name takes, in steps_; false: too many.
    bool read(std::string_view name);
    // The place that a step leads to, made where it is not there yet; no_index: conflict.
    std::uint32_t enter(std::uint32_t place, const Step& step);

    SchemaLookup lookup_;
    std::uint32_t depth_;
    std::vector<Place> places_;
    std::vector<Step> steps_;
    std::map<std::pair<std::uint32_t, std::string_view>, std::uint32_t> known_; // by what is around, and key
};

} // namespace mortise::json
