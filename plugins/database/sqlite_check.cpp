// SPDX-License-Identifier: Apache-2.0
#include "sqlite_check.hpp"

#include "migration_list.hpp"
#include "migration_plan.hpp"
#include "migration_records.hpp"
#include "sqlite_constraint_check.hpp"
#include "sqlite_memory.hpp"

#include <sqlite3.h>

#include <chrono>
#include <future>
#include <utility>

namespace mortise::database {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::chrono::milliseconds look{100};
// Every page is read once: no need to copy them. A part of the file that is longer is read as usual.
constexpr std::string_view mapped = "PRAGMA mmap_size = 1073741824";

// A check is one step of a statement, between which alone SQLite would ask.
Rows rowsUnlessCancelled(sqlite3* database, std::string_view sql, const Progress& goOn) {
    auto rows = std::async(std::launch::async, [&] { return sqliteRows(database, sql); });
    bool cancelled = false;
    while (rows.wait_for(look) != std::future_status::ready) {
        if (!cancelled && goOn(0, 0)) continue;
        cancelled = true;
        sqlite3_interrupt(database);
    }
    if (!cancelled) return rows.get();
    rows.wait();
    throw Cancelled();
}

std::vector<MigrationRecord> recordsOf(sqlite3* database, const std::string& name) {
    return MigrationRecords(database, name).read();
}

} // namespace

std::vector<std::string> contentFaults(sqlite3* database, const Progress& goOn) {
    std::vector<std::string> faults;
    sqliteRows(database, mapped);
    for (auto& row : rowsUnlessCancelled(database, "PRAGMA integrity_check(100)", goOn))
        if (row[0] != "ok") faults.push_back(std::move(row[0]));
    const auto broken =
        rowsUnlessCancelled(database, "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100", goOn);
    for (const auto& row : broken)
        faults.push_back("a row of table '" + row[0] + "'" + (row[1].empty() ? "" : " (rowid " + row[1] + ")") +
                         " refers to one of '" + row[2] + "' that is not there");
    return faults;
}

std::vector<std::string> migrationFaults(sqlite3* database, const std::string& name, const DeclaredSchema& schema) {
    std::vector<std::string> faults;
    try {
        const auto list = migrationsOf(schema.migrations(), "sqlite");
        static_cast<void>(planMigrations(list, recordsOf(database, name), name));
    } catch (const MigrationsRefused& refused) {
        for (const MigrationFault& fault : refused.faults()) faults.push_back(fault.message);
    }
    return faults;
}

std::vector<std::string> schemaFaults(sqlite3* database, const std::string& name, const DeclaredSchema& schema) {
    std::vector<std::string> faults = migrationFaults(database, name, schema);
    for (const MigrationRecord& record : recordsOf(database, name))
        if (record.running)
            faults.push_back(migrationLabel(record.owner, record.name) + " has begun and not ended: it goes on at the "
                                                                         "next start, or by 'mortised migrate up'");
    for (const SchemaFault& fault : missingConstraints(database, schema.constraints())) faults.push_back(fault.message);
    return faults;
}

} // namespace mortise::database
