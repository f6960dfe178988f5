// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration_list.hpp"
#include "migration_records.hpp"
#include "sqlite_options.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace mortise::database {

// Brings the schema up to `list` on a connection of its own. Each migration runs once and in a transaction, together
// with its record. An incompatible one of an owner that ran here before rebuilds what there is: a backup is made first,
// foreign keys are off meanwhile and checked at the end, and each statement is a transaction of its own with the record
// of how far it came, so that a process which is ended goes on there the next time. Processes that do it at the same
// time wait for each other, at most options.migrationWait. Throws DatabaseError; MigrationsRefused where one of the
// list is to blame.
void migrateSqlite(const SqliteOptions& options, std::span<const DialectMigration> list, MigrationRun run,
                   MigrationLog& log);

// Makes a backup, then undoes the migrations of `owner` from its last one down to `number`, all of them or
// none. Throws as above.
void undoSqlite(const SqliteOptions& options, std::span<const DialectMigration> list, std::string_view owner,
                std::uint32_t number, MigrationLog& log);

// What the database in `file` has had; nothing where there is no file. Writes nothing, but undoes a statement that a
// process was ended in. Waits for a lock for `wait` at most: while a statement of a rebuild runs the file is locked.
std::vector<MigrationRecord> readSqliteMigrations(const std::filesystem::path& file, std::chrono::milliseconds wait);

} // namespace mortise::database
