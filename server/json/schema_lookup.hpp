// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/schema_program.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace mortise::json {

// Which subschemas speak of a member or an element, before any value is there: what text of forms and fields is typed
// by. Looks behind $ref, into allOf and, after those, into oneOf and anyOf, and takes the first that knows; no
// condition is looked at. All results are rules, or no_index. As cheap to copy as a pointer.
class SchemaLookup {
public:
    explicit SchemaLookup(const SchemaProgram& program) noexcept : program_(&program) {}

    static constexpr std::uint32_t root = 0;

    // By `properties`, else by additionalProperties.
    std::uint32_t member(std::uint32_t rule, std::string_view name) const noexcept;
    // By prefixItems, else by items.
    std::uint32_t element(std::uint32_t rule, std::uint32_t index = no_index) const noexcept;
    // Whether `properties` or `required` has the name.
    bool names(std::uint32_t rule, std::string_view name) const noexcept;

    // All names of `properties` and `required`.
    std::vector<std::string_view> members(std::uint32_t rule) const;

    // What the type keyword leaves; any for no_index.
    std::uint8_t types(std::uint32_t rule) const noexcept;
    // Whether the schema says what an object or array there looks like.
    bool isObject(std::uint32_t rule) const noexcept;
    bool isArray(std::uint32_t rule) const noexcept;
    // Whether only an uploaded file can stand there; not for no_index.
    bool isFile(std::uint32_t rule) const noexcept;

private:
    // The first rule at or behind `rule` for which `find` gives one. Schemas that lead back to themselves without a
    // member or element in between do not compile.
    template<class Find>
    std::uint32_t search(std::uint32_t rule, const Find& find) const noexcept;

    const SchemaProgram* program_;
};

} // namespace mortise::json
