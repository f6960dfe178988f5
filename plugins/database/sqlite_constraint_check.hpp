// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema_constraints.hpp"

#include <span>
#include <vector>

struct sqlite3;

namespace mortise::database {

// Of the schema behind the connection. Throws DatabaseError.
std::vector<SchemaFault> missingConstraints(sqlite3* database, std::span<const RequiredConstraint> constraints);

} // namespace mortise::database
