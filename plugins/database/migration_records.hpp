// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration_list.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace mortise::database {

struct SqlValue;

// A row of mortise_migrations.
struct MigrationRecord {
    std::string owner;
    std::string name;
    std::string checksum;
    std::string appliedAt; // UTC: of the end, or while it runs of the last statement
    std::string dialect;
    bool running = false;        // began and has not ended: resumes after `statement`
    std::uint32_t statement = 0; // how many of its statements ran
    std::uint32_t statements = 0;
    bool compatible = true; // a plugin that does not know it can run
    bool begun = false;     // the one behind `statement` may have run, too
};

// By owner and number.
void sortMigrationRecords(std::vector<MigrationRecord>& records);

// The table mortise_migrations on one connection. Throws DatabaseError.
class MigrationRecords {
public:
    // `file` is for messages. The connection outlives this.
    MigrationRecords(sqlite3* connection, std::filesystem::path file)
        : connection_(connection), file_(std::move(file)) {}

    // By owner and number. None where the table is missing; one of the time before states has only ended ones.
    std::vector<MigrationRecord> read() const;

    // In a transaction. Makes the table, or gives it the columns that it lacks.
    void prepare() const;
    // `statement` of its `statements` have run; all of them: it has ended.
    void write(const DialectMigration& migration, std::uint32_t statement, std::uint32_t statements) const;
    void remove(std::string_view owner, std::string_view name) const;

private:
    void run(std::string_view sql, std::span<const SqlValue> parameters = {}) const;
    std::vector<std::string> columns() const;

    sqlite3* connection_;
    std::filesystem::path file_;
};

} // namespace mortise::database
