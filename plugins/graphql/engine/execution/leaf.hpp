// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/cell.hpp"
#include "execution/json_output.hpp"
#include "execution/plan.hpp"
#include "schema/schema.hpp"

#include <string>

namespace mortise::graphql {

// Writes a cell that is neither null nor an error as a value of a scalar or an enumeration, as the `serialize` of
// graphql-js's types does. False: it is none, and nothing was written.
bool writeLeaf(const Type& type, Completion completion, const Cell& cell, JsonOutput& output);

// The message for a cell that writeLeaf did not write.
std::string leafFault(const Type& type, Completion completion, const Cell& cell);

// A cell as graphql-js's messages show a value; a text is cut, see inspectedBytes.
std::string inspectCell(const Cell& cell);

} // namespace mortise::graphql
