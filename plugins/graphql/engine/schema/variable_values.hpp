// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"
#include "schema/schema.hpp"

#include <cstdint>
#include <vector>

namespace mortise::graphql {

struct VariableLimits {
    std::uint32_t errors = 50;   // past it one more says so, and nothing further is coerced; 1,000 at the highest
    std::uint32_t nesting = 100; // lists and objects within each other; highestNesting (parser.hpp) at the most
    // Of all variables that came, and of what becomes of them with their defaults: each item, member, list and object
    // is one. 10,000,000 at the highest.
    std::uint32_t values = 100'000;
    bool suggestions = true; // whether messages may name input fields and enumeration values
    bool showsValues = true; // whether messages show values that came (graphql-js), or just where they stand
};

// Coerces the variables of an operation: `in` is the object that came with the request (empty: none came), `out`
// becomes an object with a member for each variable that has a value, in the order of their definitions (graphql-js:
// getVariableValues). Errors are of kind variables, their messages graphql-js's, at the variable's definition; a value
// that is nested too deep, and too many of them, are one of kind limit. True when there are none; else `out` is not to
// be used. Texts of `in`, the document and the schema are borrowed. Time by the size of `in` and of the definitions;
// recursive by `nesting`.
bool coerceVariables(const Schema& schema, const Document& document, NodeId operation, const Values& in,
                     const VariableLimits& limits, Values& out, std::vector<Error>& errors);

} // namespace mortise::graphql
