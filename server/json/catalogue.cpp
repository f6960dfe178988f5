// SPDX-License-Identifier: Apache-2.0
#include "json/catalogue.hpp"

#include <array>

namespace mortise::json {
namespace {

constexpr std::array entries = {
    CatalogueEntry{Check::additional_properties, "additionalProperties", "is not allowed"},
    CatalogueEntry{Check::all_different, "uniqueItems", "must not contain the same item twice"},
    CatalogueEntry{Check::any_of, "anyOf", "must match at least one of the allowed forms"},
    CatalogueEntry{Check::complexity, "complexity", "takes too many steps to check"},
    CatalogueEntry{Check::constant, "const", "must be {}"},
    CatalogueEntry{Check::contains, "contains", "must have at least {} matching item{s}"},
    CatalogueEntry{Check::dependent_required, "dependentRequired", "is required beside {}"},
    CatalogueEntry{Check::enumeration, "enum", "must be one of {}"},
    CatalogueEntry{Check::excluded, "not", "must not match the excluded form"},
    CatalogueEntry{Check::exclusive_maximum, "exclusiveMaximum", "must be less than {}"},
    CatalogueEntry{Check::exclusive_minimum, "exclusiveMinimum", "must be greater than {}"},
    CatalogueEntry{Check::format, "format", "must be a valid {}"},
    CatalogueEntry{Check::max_bytes, "x-maxBytes", "must be at most {} byte{s} long"},
    CatalogueEntry{Check::max_contains, "maxContains", "must have at most {} matching item{s}"},
    CatalogueEntry{Check::max_items, "maxItems", "must have at most {} item{s}"},
    CatalogueEntry{Check::max_length, "maxLength", "must be at most {} character{s} long"},
    CatalogueEntry{Check::max_properties, "maxProperties", "must have at most {} member{s}"},
    CatalogueEntry{Check::maximum, "maximum", "must be at most {}"},
    CatalogueEntry{Check::min_bytes, "x-minBytes", "must be at least {} byte{s} long"},
    CatalogueEntry{Check::min_items, "minItems", "must have at least {} item{s}"},
    CatalogueEntry{Check::min_length, "minLength", "must be at least {} character{s} long"},
    CatalogueEntry{Check::min_properties, "minProperties", "must have at least {} member{s}"},
    CatalogueEntry{Check::minimum, "minimum", "must be at least {}"},
    CatalogueEntry{Check::multiple_of, "multipleOf", "must be a multiple of {}"},
    CatalogueEntry{Check::never, "false", "is not allowed"},
    CatalogueEntry{Check::nul, "nul", "must not contain U+0000"},
    CatalogueEntry{Check::one_of, "oneOf", "must match exactly one of the allowed forms"},
    CatalogueEntry{Check::pattern, "pattern", "must match the pattern {}"},
    CatalogueEntry{Check::property_names, "propertyNames", "must have a permitted name"},
    CatalogueEntry{Check::required, "required", "is required"},
    CatalogueEntry{Check::type, "type", "must be {}"},
    CatalogueEntry{Check::unevaluated_items, "unevaluatedItems", "is not allowed"},
    CatalogueEntry{Check::unevaluated_properties, "unevaluatedProperties", "is not allowed"},
};

constexpr bool inOrder() {
    for (std::size_t index = 0; index < entries.size(); ++index)
        if (static_cast<std::size_t>(entries[index].check) != index) return false;
    return entries.size() == static_cast<std::size_t>(Check::unevaluated_properties) + 1;
}
static_assert(inOrder());

} // namespace

std::span<const CatalogueEntry> catalogue() noexcept {
    return entries;
}

std::string_view codeOf(Check check) noexcept {
    return entries[static_cast<std::size_t>(check)].code;
}

std::string messageOf(Check check, std::string_view value) {
    std::string_view form = entries[static_cast<std::size_t>(check)].message;
    std::string text;
    text.reserve(form.size() + value.size());
    for (std::size_t mark = 0; (mark = form.find('{')) != std::string_view::npos;) {
        text += form.substr(0, mark);
        const bool plural = form[mark + 1] == 's';
        text += !plural ? value : value == "1" ? std::string_view() : std::string_view("s");
        form.remove_prefix(mark + (plural ? 3 : 2));
    }
    text += form;
    return text;
}

std::string messageOf(Check check, std::uint64_t value) {
    return messageOf(check, std::to_string(value));
}

} // namespace mortise::json
