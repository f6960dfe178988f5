// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mortise::json {

// What a check can fail with. README.md shows the table.
enum class Check : std::uint8_t {
    additional_properties,
    all_different,
    any_of,
    complexity,
    constant,
    contains,
    dependent_required,
    enumeration,
    excluded,
    exclusive_maximum,
    exclusive_minimum,
    format,
    max_bytes,
    max_contains,
    max_items,
    max_length,
    max_properties,
    maximum,
    min_bytes,
    min_items,
    min_length,
    min_properties,
    minimum,
    multiple_of,
    never,
    nul,
    one_of,
    pattern,
    property_names,
    required,
    type,
    unevaluated_items,
    unevaluated_properties,
};

struct CatalogueEntry {
    Check check;
    std::string_view code; // as clients see it: the schema keyword
    // {} is the keyword's value; {s} is empty when that is 1 and "s" otherwise.
    std::string_view message;
};

// One entry for each Check, in its order.
std::span<const CatalogueEntry> catalogue() noexcept;

std::string_view codeOf(Check check) noexcept;
std::string messageOf(Check check, std::string_view value = {});
std::string messageOf(Check check, std::uint64_t value);

} // namespace mortise::json
