// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mariadb_migration_lock.hpp"
#include "mariadb_options.hpp"
#include "mariadb_session.hpp"
#include "migration_list.hpp"
#include "migration_records.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// How migrations get at a database.
struct MariadbMigrations {
    const MariadbOptions& options;
    MariadbSession& session;                                  // for their statements
    std::function<std::unique_ptr<MariadbSession>()> connect; // for the lock
    std::string owner;                                        // of the lock: this process
    MariadbMigrationLock::Pause pause;                        // while another has it
};

// Brings the schema up to `list`. What changes a schema commits by itself there, so for each statement it is recorded
// that it begins and that it has run, and a process that is ended continues where it was: what began is run again, and
// that it has been done is no fault then. What changes rows is committed with its record. Processes that do it at the
// same time wait for each other. Throws DriverError and DatabaseError; MigrationsRefused where one of the list is to
// blame.
void migrateMariadb(const MariadbMigrations& migrations, std::span<const DialectMigration> list, MigrationRun run,
                    MigrationLog& log);

// Undoes the migrations of `owner` from its last one down to `number`. Throws as above.
void undoMariadb(const MariadbMigrations& migrations, std::span<const DialectMigration> list, std::string_view owner,
                 std::uint32_t number, MigrationLog& log);

// What the database has had, by owner and number. Writes nothing. Throws DriverError.
std::vector<MigrationRecord> readMariadbMigrations(DriverSession& session, const MariadbOptions& options);

} // namespace mortise::database
