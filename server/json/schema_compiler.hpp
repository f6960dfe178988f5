// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/schema.hpp"
#include "json/schema_program.hpp"

#include <optional>
#include <string_view>

namespace mortise::json {

// Fills an empty `program`. After a fault its contents are of no use.
[[nodiscard]] std::optional<CompileFault> compileSchema(std::string_view text, SchemaProgram& program);

} // namespace mortise::json
