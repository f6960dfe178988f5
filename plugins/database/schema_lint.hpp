// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration_list.hpp"

#include <span>
#include <vector>

namespace mortise::database {

class SqliteMemory;

// Runs the whole list on `memory`, which is empty, and says which migrations cannot run, and which leave a schema that
// does not carry over to other databases: a table without a primary key, AUTOINCREMENT, a foreign key without its table
// or between columns of different types.
std::vector<MigrationFault> lintSchema(SqliteMemory& memory, std::span<const DialectMigration> list);

} // namespace mortise::database
