// SPDX-License-Identifier: Apache-2.0
#include "allowed_operations_check.hpp"

#include <cstddef>

namespace mortise::graphql {

std::string faultsIn(const AllowedOperations& operations, const Engine& engine) {
    constexpr std::size_t shown = 10;
    std::string faults;
    std::size_t count = 0;
    PlanCache none(0);
    for (const AllowedOperations::Operation& operation : operations.all()) {
        // Without its name and variables it may not be executable; what counts is the document.
        PreparedRequest request;
        engine.prepare(none, *operation.text, {}, {}, request);
        if (request.document->errors().empty()) continue;
        if (++count > shown) continue;
        faults.append(faults.empty() ? "" : "; ").append("operation '").append(operation.id).append("': ");
        faults.append(request.document->errors().front().message);
    }
    if (count > shown) faults.append("; and ").append(std::to_string(count - shown)).append(" more");
    return faults;
}

} // namespace mortise::graphql
