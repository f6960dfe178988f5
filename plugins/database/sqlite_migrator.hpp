// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration.hpp"
#include "sqlite_options.hpp"

#include <span>

namespace mortise::database {

// Brings the schema up to `migrations` on a connection of its own. Each one runs once and in a transaction, together
// with its record in the table mortise_migrations(owner, name, checksum, applied_at). Processes that do it at the same
// time wait for each other, at most options.migrationWait. Throws DatabaseError that names owner and migration: when
// one fails (nothing of it stays), when one that ran was changed since, when the database knows one of an owner that
// the list does not (an older plugin on a newer schema).
void migrateSqlite(const SqliteOptions& options, std::span<const Migration> migrations);

} // namespace mortise::database
