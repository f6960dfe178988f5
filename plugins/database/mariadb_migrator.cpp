// SPDX-License-Identifier: Apache-2.0
#include "mariadb_migrator.hpp"

#include "mariadb_error.hpp"
#include "mariadb_schema.hpp"
#include "mariadb_statement.hpp"
#include "migration_plan.hpp"
#include "sql_script.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace mortise::database {

namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds unbounded{std::chrono::hours(24)}; // of a migration's statement, which rebuilds any table
constexpr std::string_view textOrder = "utf8mb4_nopad_bin";

// What is written of a migration.
struct State {
    static constexpr std::string_view running = "running"; // `statement` of its statements have run
    static constexpr std::string_view begun = "begun";     // and the next one perhaps
    static constexpr std::string_view done = "done";
};

class MariadbMigrator {
public:
    MariadbMigrator(const MariadbMigrations& migrations, std::span<const DialectMigration> list, MigrationLog& log)
        : migrations_(migrations),
          session_(migrations.session.driver()),
          options_(migrations.options),
          list_(list),
          log_(log) {}

    void run(MigrationRun run) {
        const std::string database = options_.server.place();
        std::vector<MigrationRecord> records = readMariadbMigrations(session_, options_);
        MigrationPlan plan = planMigrations(list_, records, database);
        for (const MigrationRecord* record : plan.later)
            log_.warn(record->owner, "The database has had a later " + migrationLabel(record->owner, record->name) +
                                         ", which this version of the plugin does not know and can run with");
        if (plan.pending.empty()) return;
        if (run == MigrationRun::live) requireNew(plan, records);
        lock_.emplace(migrations_.connect(), options_, migrations_.owner, migrations_.pause);
        if (readMariadbMigrations(session_, options_).empty()) orderTexts();
        command("CREATE TABLE IF NOT EXISTS mortise_migrations (owner VARCHAR(191) NOT NULL, name VARCHAR(191) NOT "
                "NULL, checksum CHAR(64) NOT NULL, applied_at VARCHAR(32) NOT NULL, dialect VARCHAR(16) NOT NULL, "
                "state VARCHAR(16) NOT NULL, statement BIGINT NOT NULL, statements BIGINT NOT NULL, compatible BIGINT "
                "NOT NULL, PRIMARY KEY (owner, name)) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE "
                "utf8mb4_nopad_bin");
        records = readMariadbMigrations(session_, options_); // another process may have been faster
        plan = planMigrations(list_, records, database);
        for (const MigrationPlan::Step& step : plan.pending) runStep(step, mayHaveBegun(*step.migration, records));
    }

    void undo(std::string_view owner, std::uint32_t number) {
        lock_.emplace(migrations_.connect(), options_, migrations_.owner, migrations_.pause);
        const std::vector<MigrationRecord> records = readMariadbMigrations(session_, options_);
        static_cast<void>(planMigrations(list_, records, options_.server.place()));
        for (const DialectMigration* migration : planUndo(list_, records, owner, number)) {
            for (const std::string& sql : statementsOf(migration->down)) {
                lock_->requireHeld();
                execute(*migration, sql, false, " could not be undone, what stands before this statement is: ");
            }
            command("DELETE FROM mortise_migrations WHERE owner = " + sqlLiteral(migration->owner) +
                    " AND name = " + sqlLiteral(migration->name));
            log_.undone(migration->owner, migration->name);
        }
    }

private:
    static bool mayHaveBegun(const DialectMigration& migration, const std::vector<MigrationRecord>& records) {
        return std::any_of(records.begin(), records.end(), [&](const MigrationRecord& record) {
            return record.owner == migration.owner && record.name == migration.name && record.begun;
        });
    }

    // Texts of a table that names no order of its own are compared byte by byte, as on every database here.
    void orderTexts() {
        const auto rows = mariadbRows(session_, "SELECT @@collation_database", options_.statementTimeout);
        if (!rows.empty() && rows[0][0] == textOrder) return;
        try {
            command("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE " + std::string(textOrder));
        } catch (const DriverError& error) {
            if (session_.isLost()) throw;
            log_.warn("database", "Tables that name no collation get " + (rows.empty() ? "another" : rows[0][0]) +
                                      ", not " + std::string(textOrder) + ": " + error.what());
        }
    }

    // While another generation serves, only tables of those who have none here are made: what a statement does to the
    // others nobody can try beside a server.
    void requireNew(const MigrationPlan& plan, const std::vector<MigrationRecord>& records) const {
        std::vector<MigrationFault> faults;
        for (const MigrationPlan::Step& step : plan.pending) {
            const DialectMigration& migration = *step.migration;
            if (std::any_of(records.begin(), records.end(),
                            [&](const MigrationRecord& record) { return record.owner == migration.owner; }))
                faults.push_back({migration.index, migrationLabel(migration.owner, migration.name) +
                                                       " may change what is in use: on MariaDB it runs at a restart"});
        }
        if (!faults.empty()) throw MigrationsRefused(std::move(faults));
    }

    void runStep(const MigrationPlan::Step& step, bool begun) {
        const DialectMigration& migration = *step.migration;
        const std::vector<std::string> statements = statementsOf(migration.sql);
        const auto count = static_cast<std::uint32_t>(statements.size());
        if (count == 0) return record(migration, State::done, 0, 0);
        for (std::uint32_t i = 0; i < std::min(step.ran, count); ++i) // what this session lacks
            if (statementKind(statements[i]) == StatementKind::session) session_.run(statements[i], unbounded);
        for (std::uint32_t i = step.ran; i < count; ++i) {
            lock_->requireHeld();
            const auto began = std::chrono::steady_clock::now();
            const std::uint64_t rows = statementKind(statements[i]) == StatementKind::data
                                           ? change(migration, statements, i)
                                           : define(migration, statements, i, begun && i == step.ran);
            log_.ran({migration.owner, migration.name, statements[i], i + 1, count, static_cast<std::int64_t>(rows),
                      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began)});
        }
    }

    static std::string failureAt(std::uint32_t index, std::size_t count) {
        return " failed in statement " + std::to_string(index + 1) + " of " + std::to_string(count) +
               ", those before it are kept and the next start runs it again: ";
    }

    // With its record, or not at all.
    std::uint64_t change(const DialectMigration& migration, const std::vector<std::string>& statements,
                         std::uint32_t index) {
        command("START TRANSACTION");
        try {
            const std::uint64_t rows =
                execute(migration, statements[index], false, failureAt(index, statements.size()));
            recordRan(migration, index, statements.size());
            command("COMMIT");
            return rows;
        } catch (const MigrationsRefused&) {
            command("ROLLBACK");
            throw;
        }
    }

    // It commits by itself, so that a process which ends right then leaves open whether it ran.
    std::uint64_t define(const DialectMigration& migration, const std::vector<std::string>& statements,
                         std::uint32_t index, bool mayHaveRun) {
        const auto count = static_cast<std::uint32_t>(statements.size());
        if (!mayHaveRun) record(migration, State::begun, index, count);
        try {
            const std::uint64_t rows =
                execute(migration, statements[index], mayHaveRun, failureAt(index, statements.size()));
            recordRan(migration, index, statements.size());
            return rows;
        } catch (const MigrationsRefused&) {
            record(migration, State::running, index, count);
            throw;
        }
    }

    std::uint64_t execute(const DialectMigration& migration, const std::string& sql, bool mayHaveRun,
                          const std::string& failure) {
        try {
            return session_.run(sql, unbounded);
        } catch (const DriverError& error) {
            if (session_.isLost()) throw;
            if (mayHaveRun && isDefined(error)) return 0;
            throw MigrationsRefused({{migration.index, migrationLabel(migration.owner, migration.name) + failure +
                                                           error.what() + ": " + sql}});
        }
    }
    void recordRan(const DialectMigration& migration, std::uint32_t index, std::size_t count) {
        record(migration, index + 1 == count ? State::done : State::running, index + 1,
               static_cast<std::uint32_t>(count));
    }
    // Comes to nothing where the lock is another one's.
    void record(const DialectMigration& migration, std::string_view state, std::uint32_t statement,
                std::uint32_t statements) {
        const std::uint64_t matched = session_.run(
            "INSERT INTO mortise_migrations (owner, name, checksum, applied_at, dialect, state, statement, "
            "statements, compatible) SELECT " +
                sqlLiteral(migration.owner) + ", " + sqlLiteral(migration.name) + ", " +
                sqlLiteral(migration.checksum) +
                ", DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.000Z'), 'mariadb', " + sqlLiteral(state) + ", " +
                std::to_string(statement) + ", " + std::to_string(statements) +
                (migration.incompatible ? ", 0" : ", 1") + " FROM " + lock_->condition() +
                " ON DUPLICATE KEY UPDATE applied_at = VALUES(applied_at), state = VALUES(state), statement = "
                "VALUES(statement)",
            options_.statementTimeout);
        if (matched == 0)
            throw ConnectError(
                DatabaseError::Kind::lost,
                "another process has taken the lock of migrations of database " + options_.server.place(), true);
    }
    void command(const std::string& sql) { session_.run(sql, options_.statementTimeout); }

    const MariadbMigrations& migrations_;
    DriverSession& session_;
    const MariadbOptions& options_;
    const std::span<const DialectMigration> list_;
    MigrationLog& log_;
    std::optional<MariadbMigrationLock> lock_; // from the moment on at which something is to be changed
};

} // namespace

void migrateMariadb(const MariadbMigrations& migrations, std::span<const DialectMigration> list, MigrationRun run,
                    MigrationLog& log) {
    MariadbMigrator(migrations, list, log).run(run);
}

void undoMariadb(const MariadbMigrations& migrations, std::span<const DialectMigration> list, std::string_view owner,
                 std::uint32_t number, MigrationLog& log) {
    MariadbMigrator(migrations, list, log).undo(owner, number);
}

std::vector<MigrationRecord> readMariadbMigrations(DriverSession& session, const MariadbOptions& options) {
    const Milliseconds time = options.statementTimeout;
    std::vector<MigrationRecord> records;
    if (mariadbRows(session,
                    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = "
                    "'mortise_migrations'",
                    time)
            .empty())
        return records;
    for (auto& row : mariadbRows(session,
                                 "SELECT owner, name, checksum, applied_at, dialect, state, statement, statements, "
                                 "compatible FROM mortise_migrations",
                                 time))
        records.push_back({row[0], row[1], row[2], row[3], row[4], row[5] != State::done,
                           static_cast<std::uint32_t>(std::stoul(row[6])),
                           static_cast<std::uint32_t>(std::stoul(row[7])), row[8] != "0", row[5] == State::begun});
    sortMigrationRecords(records);
    return records;
}

} // namespace mortise::database
