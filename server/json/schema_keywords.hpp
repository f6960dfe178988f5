// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/schema_program.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::json {

class SchemaCompiler;

// What of a keyword's value are schemas: itself, the elements of it as an array, the members of it as an object.
enum class Subschemas : std::uint8_t { none, one, list, map };

struct SchemaKeyword {
    std::string_view name;
    std::uint8_t applies;     // to values of these types; any: whatever the type
    std::uint16_t vocabulary; // a bit
    Subschemas subschemas;
    std::string_view companion; // without this keyword beside it, it says nothing; empty when it needs none
    void (*read)(SchemaCompiler&, Rule&, Value);
};

// By name.
const std::vector<SchemaKeyword>& schemaKeywords();
const SchemaKeyword* findKeyword(std::string_view name);
Subschemas subschemasOf(std::string_view keyword);
// "; did you mean 'x'?" or "".
std::string suggestKeyword(std::string_view name);

} // namespace mortise::json
