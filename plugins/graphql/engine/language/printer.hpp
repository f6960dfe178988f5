// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/string_literal.hpp"

#include <string>

namespace mortise::graphql {

// Writes a node and what is below it as graphql-js's print does. Recursion is bounded by TextLimits::nesting; the text
// by the source's size and, for a line that is indented, two bytes a level.

// A value or a type reference.
std::string printNode(const Document& document, NodeId id);

// All definitions, a blank line between each two.
std::string printDocument(const Document& document);

} // namespace mortise::graphql
