// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/cell.hpp"
#include "execution/json_output.hpp"
#include "execution/plan.hpp"
#include "schema/schema.hpp"

#include <string>

namespace mortise::graphql {

// Writes a cell that is neither null nor an error as a value of a scalar or an enumeration, as the `serialize` of
// graphql-js's types does. False: it is none; `message` says so.
bool writeLeaf(const Type& type, Completion completion, const Cell& cell, JsonOutput& output, std::string& message);

// A cell as graphql-js's messages show a value.
std::string inspectCell(const Cell& cell);

} // namespace mortise::graphql
