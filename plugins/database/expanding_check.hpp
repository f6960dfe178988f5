// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration_plan.hpp"

#include <span>
#include <vector>

struct sqlite3;

namespace mortise::database {

// Which of `pending` do more to what is there than to expand it: to the tables of the database behind `connection` they
// may add indexes that are not unique, and columns without CHECK that may be NULL or have a default; tables that they
// make are theirs alone. Found out by running them on a copy of the schema in memory. Nothing: the old generation can
// go on beside the new one.
std::vector<MigrationFault> notExpanding(sqlite3* connection, std::span<const MigrationPlan::Step> pending);

} // namespace mortise::database
