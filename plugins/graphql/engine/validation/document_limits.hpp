// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace mortise::graphql {

// Bounds of what an operation asks for, fragments followed wherever they are spread. GraphiQL's introspection query
// passes the defaults.
struct DocumentLimits {
    std::uint32_t depth = 50;           // fields within each other
    std::uint32_t aliases = 50;         // fields that have one
    std::uint32_t queryRootFields = 20; // fields of the root, of subscriptions too; one of the same name counts again
    std::uint32_t mutationRootFields = 5;
    std::uint64_t cost = 10'000; // see OperationCost
};

// Checks depth, aliases and root fields of every operation, without a schema: before validation. One error a limit and
// operation, of kind limit, at the operation. A spread that has no fragment, or leads back to its own, counts nothing:
// validation refuses it. Not more than `maximumErrors`, but one at least. Time and memory by the number of nodes; sums
// are kept at 2^32-1 when they are higher.
std::vector<Error> checkDocumentLimits(const Document& document, const DocumentLimits& limits,
                                       std::uint32_t maximumErrors = 50);

} // namespace mortise::graphql
