// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/plan.hpp"

#include <cstdint>

namespace mortise::graphql {

class ContributedSchema;

// Where an operation runs, by the strictest of its fields; found out once a plan.
class PlacementMarks final : public PlanMarks {
public:
    // Not on an event loop: a field says so, a database read stands below a list, or there is more than one of them,
    // which read in one snapshot.
    static constexpr std::uint32_t worker = 1;
    // Some field may read the database.
    static constexpr std::uint32_t reads = 2;
    // Several may, so that they read in one snapshot: it costs more than a read.
    static constexpr std::uint32_t together = 4;

    explicit PlacementMarks(const ContributedSchema& schema) : schema_(schema) {}

    std::uint32_t mark(const Plan& plan) const override;

private:
    const ContributedSchema& schema_;
};

} // namespace mortise::graphql
