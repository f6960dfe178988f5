// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"
#include "schema/schema.hpp"
#include "validation/resolution.hpp"

#include <cstdint>
#include <vector>

namespace mortise::graphql {

struct ValidationOptions {
    // After so many one more says that validation was aborted, and nothing else is checked. 1,000 at the highest.
    std::uint32_t maximumErrors = 50;
    bool suggestions = true;   // "Did you mean …?" names what the schema has
    bool introspection = true; // __schema and __type may be selected
    // Steps of comparing fields that may overlap, and of following fragments from operations; past either the document
    // is refused by an error of kind limit. 10,000,000 at the highest.
    std::uint32_t overlapSteps = 500'000;
    std::uint32_t fragmentSteps = 50'000;
};

// Every rule of October 2021, section 5, in one walk: the errors in graphql-js's order, none when the document is
// valid. Time and memory are bounded by the number of nodes, the options' steps and the errors' texts, whatever the
// fragments expand to. Leaves what the document's nodes mean in `resolution`.
std::vector<Error> validate(const Schema& schema, const Document& document, const ValidationOptions& options,
                            Resolution& resolution);
std::vector<Error> validate(const Schema& schema, const Document& document, const ValidationOptions& options = {});

} // namespace mortise::graphql
