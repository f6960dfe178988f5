// SPDX-License-Identifier: Apache-2.0
#include "sqlite_migrator.hpp"

#include "confined.hpp"
#include "expanding_check.hpp"
#include "migration_plan.hpp"
#include "sql_script.hpp"
#include "sqlite_backup.hpp"
#include "sqlite_connection.hpp"
#include "sqlite_file.hpp"
#include "sqlite_memory.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using Clock = std::chrono::steady_clock;

[[noreturn]] void refuse(const DialectMigration& migration, const std::string& message) {
    throw MigrationsRefused({{migration.index, migrationLabel(migration.owner, migration.name) + message}});
}

// Rows that a statement changes are worth a word; those of the schema's own table, which DDL changes, are not.
bool changesRows(std::string_view sql) {
    constexpr std::array<std::string_view, 5> verbs{"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"};
    return std::any_of(verbs.begin(), verbs.end(), [&](std::string_view verb) {
        return sql.size() > verb.size() &&
               sqlite3_strnicmp(sql.data(), verb.data(), static_cast<int>(verb.size())) == 0;
    });
}

// Where there is none ($SQLITE_TMPDIR, $TMPDIR, /var/tmp, /tmp), SQLite fails with the first temporary file.
bool hasTemporaryFolder(sqlite3* connection) {
    char* name = nullptr;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_TEMPFILENAME, static_cast<void*>(&name)) != SQLITE_OK)
        return false;
    const std::unique_ptr<char, void (*)(void*)> kept(name, &sqlite3_free);
    return name != nullptr && *name != '\0';
}

class Migrator {
public:
    Migrator(const SqliteOptions& options, std::span<const DialectMigration> list, MigrationLog& log)
        : options_(options),
          list_(list),
          log_(log),
          registry_(0),
          connection_(
              options, registry_,
              {SqliteConnection::Access::write, options.migrationWait, std::chrono::milliseconds{0}, Kind::failed}),
          records_(connection_.handle(), options.file) {}

    void run(MigrationRun run) {
        // Without the lock first: a start that finds nothing to do writes nothing.
        const std::vector<MigrationRecord> records = records_.read();
        const MigrationPlan plan = planMigrations(list_, records, options_.file.string());
        for (const MigrationRecord* record : plan.later)
            log_.warn(record->owner, "The database has had a later " + migrationLabel(record->owner, record->name) +
                                         ", which this version of the plugin does not know and can run with");
        if (run == MigrationRun::live && !plan.pending.empty())
            if (auto faults = notExpanding(connection_.handle(), plan.pending); !faults.empty())
                throw MigrationsRefused(std::move(faults));
        for (const MigrationPlan::Step& step : plan.pending) {
            const std::vector<std::string> statements = statementsOf(step.migration->sql);
            const WithoutForeignKeys rebuilding(connection_, step.migration->incompatible);
            const bool stepwise = (step.rebuild || step.ran != 0) && !statements.empty();
            if (stepwise)
                rebuild(*step.migration, statements);
            else
                runWhole(*step.migration, statements);
        }
    }

    void undo(std::string_view owner, std::uint32_t number) {
        std::vector<MigrationRecord> records = records_.read();
        static_cast<void>(planMigrations(list_, records, options_.file.string()));
        const std::vector<const DialectMigration*> down = planUndo(list_, records, owner, number);
        const WithoutForeignKeys rebuilding(connection_, true);
        const DialectMigration& last = *down.back();
        const Locked locked(*this, last);
        records = records_.read();
        if (planUndo(list_, records, owner, number) != down)
            throw DatabaseError(Kind::busy, "another process changed the schema meanwhile: look at it again");
        backUp(last, "before-undo-");
        for (const DialectMigration* migration : down) {
            for (const std::string& sql : statementsOf(migration->down))
                execute(*migration, sql, " could not be undone, nothing was changed: ");
            records_.remove(migration->owner, migration->name);
        }
        requireForeignKeys(last);
        commit();
        for (const DialectMigration* migration : down) log_.undone(migration->owner, migration->name);
    }

private:
    // The transaction of one migration or statement; rolled back unless it was committed.
    class Locked {
    public:
        Locked(Migrator& migrator, const DialectMigration& migration) : connection_(migrator.connection_) {
            const int code = connection_.prepare("BEGIN IMMEDIATE").run();
            if ((code & 0xff) == SQLITE_BUSY)
                throw DatabaseError(Kind::busy, migrationLabel(migration.owner, migration.name) +
                                                    " could not begin: another process kept database '" +
                                                    migrator.options_.file.string() + "' locked for " +
                                                    std::to_string(migrator.options_.migrationWait.count()) + " ms");
            connection_.require(code);
        }
        Locked(const Locked&) = delete;
        Locked& operator=(const Locked&) = delete;
        ~Locked() {
            if (connection_.inTransaction()) static_cast<void>(connection_.prepare("ROLLBACK").run());
        }

    private:
        SqliteConnection& connection_;
    };

    // Dropping a table deletes its rows, and with them those of other tables that refer to it, while foreign keys are
    // on.
    class WithoutForeignKeys {
    public:
        WithoutForeignKeys(SqliteConnection& connection, bool off) : connection_(connection), off_(off) {
            if (!off_) return;
            sqliteRows(connection_.handle(), "PRAGMA foreign_keys = OFF");
            // What is sorted for an index, past the page cache: it may be as large as the table.
            if (hasTemporaryFolder(connection_.handle())) sqliteRows(connection_.handle(), "PRAGMA temp_store = FILE");
            // Debian's SQLite overwrites what is freed with zeros: as much again as the table, which lives on.
            sqliteRows(connection_.handle(), "PRAGMA secure_delete = FAST");
        }
        WithoutForeignKeys(const WithoutForeignKeys&) = delete;
        WithoutForeignKeys& operator=(const WithoutForeignKeys&) = delete;
        ~WithoutForeignKeys() {
            if (off_) sqlite3_exec(connection_.handle(), "PRAGMA foreign_keys = ON", nullptr, nullptr, nullptr);
        }

    private:
        SqliteConnection& connection_;
        const bool off_;
    };

    // A table that is made anew is written once, behind the end of the file, where nothing has to be kept for the way
    // back; the write-ahead log would have all of it first, and then the file. Where another connection is open the
    // log stays, and where it cannot be had back the next connection makes it.
    class WithoutLog {
    public:
        explicit WithoutLog(SqliteConnection& connection) : connection_(connection) {
            // NORMAL is safe with the log only. A journal that is cut is gone for certain; one that is removed may be
            // there again after a power failure, beside what came later.
            run("PRAGMA synchronous = FULL");
            run("PRAGMA journal_mode = TRUNCATE");
        }
        WithoutLog(const WithoutLog&) = delete;
        WithoutLog& operator=(const WithoutLog&) = delete;
        ~WithoutLog() { run("PRAGMA journal_mode = WAL"); }

    private:
        void run(const char* pragma) noexcept { sqlite3_exec(connection_.handle(), pragma, nullptr, nullptr, nullptr); }

        SqliteConnection& connection_;
    };

    void commit() { connection_.require(connection_.prepare("COMMIT").run()); }

    // What is left of it, by what the database says now: another process may have been faster.
    std::optional<MigrationPlan::Step> due(const DialectMigration& migration) const {
        const std::vector<MigrationRecord> records = records_.read();
        const MigrationPlan plan = planMigrations(list_, records, options_.file.string());
        for (const MigrationPlan::Step& step : plan.pending)
            if (step.migration == &migration) return step;
        return std::nullopt;
    }

    void runWhole(const DialectMigration& migration, const std::vector<std::string>& statements) {
        const Locked locked(*this, migration);
        if (!due(migration)) return;
        const Clock::time_point begin = Clock::now();
        const auto count = static_cast<std::uint32_t>(statements.size());
        std::int64_t rows = 0;
        for (std::size_t i = 0; i < statements.size(); ++i)
            rows += execute(migration, statements[i], failed(i, statements.size(), ", nothing of it was kept: "));
        if (migration.incompatible) requireForeignKeys(migration);
        records_.prepare();
        records_.write(migration, count, count);
        commit();
        report(migration, migration.sql, count, count, rows, begin);
    }

    void rebuild(const DialectMigration& migration, const std::vector<std::string>& statements) {
        beginRebuild(migration, static_cast<std::uint32_t>(statements.size()));
        const WithoutLog withoutLog(connection_);
        while (runStatement(migration, statements)) {
        }
    }

    // Unless it has begun before.
    void beginRebuild(const DialectMigration& migration, std::uint32_t count) {
        const Locked locked(*this, migration);
        if (!due(migration) || isRunning(migration)) return;
        if (!std::exchange(backedUp_, true)) backUp(migration, "before-");
        records_.prepare();
        records_.write(migration, 0, count);
        commit();
    }

    // The next one. False: there is none.
    bool runStatement(const DialectMigration& migration, const std::vector<std::string>& statements) {
        const Locked locked(*this, migration);
        const std::optional<MigrationPlan::Step> step = due(migration);
        if (!step) return false;
        const Clock::time_point begin = Clock::now();
        const auto count = static_cast<std::uint32_t>(statements.size());
        const std::string& sql = statements.at(step->ran);
        const std::int64_t rows = execute(
            migration, sql, failed(step->ran, count, ", those before it are kept and the next start goes on here: "));
        if (step->ran + 1 == count) requireForeignKeys(migration);
        records_.write(migration, step->ran + 1, count);
        commit();
        report(migration, sql, step->ran + 1, count, rows, begin);
        return step->ran + 1 < count;
    }

    bool isRunning(const DialectMigration& migration) const {
        const std::vector<MigrationRecord> records = records_.read();
        return std::any_of(records.begin(), records.end(), [&](const MigrationRecord& record) {
            return record.owner == migration.owner && record.name == migration.name;
        });
    }

    static std::string failed(std::size_t index, std::size_t count, std::string_view what) {
        return " failed in statement " + std::to_string(index + 1) + " of " + std::to_string(count) + std::string(what);
    }

    // Returns how many rows it changed.
    std::int64_t execute(const DialectMigration& migration, const std::string& sql, const std::string& failure) {
        const std::int64_t before = sqlite3_total_changes64(connection_.handle());
        int code = SQLITE_OK;
        {
            const Confined confined(connection_.handle());
            bool one = true;
            SqliteStatement statement = SqliteStatement::prepare(connection_.handle(), sql, code, one);
            if (code == SQLITE_OK) code = statement.run();
            if (code != SQLITE_OK) refuse(migration, failure + connection_.error(code).what());
        }
        return changesRows(sql) ? sqlite3_total_changes64(connection_.handle()) - before : 0;
    }

    void requireForeignKeys(const DialectMigration& migration) {
        const auto broken = sqliteRows(connection_.handle(), "SELECT \"table\", parent, count(*) FROM "
                                                             "pragma_foreign_key_check GROUP BY \"table\", parent");
        for (const auto& row : broken)
            refuse(migration, " would leave " + row[2] + " rows of table '" + row[0] +
                                  "' that refer to no row of table '" + row[1] + "': delete them, or give them one");
    }

    void backUp(const DialectMigration& migration, std::string_view before) {
        log_.backedUp(
            SqliteBackup(options_.file)
                .make(std::string(before) + std::string(migration.owner) + '-' + std::to_string(migration.number)));
    }

    void report(const DialectMigration& migration, std::string_view sql, std::uint32_t statement,
                std::uint32_t statements, std::int64_t rows, Clock::time_point begin) {
        log_.ran({migration.owner, migration.name, sql, statement, statements, rows,
                  std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin)});
    }

    const SqliteOptions& options_;
    const std::span<const DialectMigration> list_;
    MigrationLog& log_;
    StatementRegistry registry_;
    SqliteConnection connection_;
    MigrationRecords records_;
    bool backedUp_ = false;
};

} // namespace

void migrateSqlite(const SqliteOptions& options, std::span<const DialectMigration> list, MigrationRun run,
                   MigrationLog& log) {
    Migrator(options, list, log).run(run);
}

void undoSqlite(const SqliteOptions& options, std::span<const DialectMigration> list, std::string_view owner,
                std::uint32_t number, MigrationLog& log) {
    Migrator(options, list, log).undo(owner, number);
}

std::vector<MigrationRecord> readSqliteMigrations(const std::filesystem::path& file, std::chrono::milliseconds wait) {
    if (!std::filesystem::exists(file)) return {};
    for (const int access : {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE}) {
        const auto connection = openConnection(file, access);
        sqlite3_busy_timeout(connection.get(), static_cast<int>(wait.count()));
        try {
            return MigrationRecords(connection.get(), file).read();
        } catch (const DatabaseError&) {
            // A statement of a rebuild was cut off, and is undone by whoever looks first.
            if (sqlite3_extended_errcode(connection.get()) != SQLITE_READONLY_ROLLBACK) throw;
        }
    }
    throw DatabaseError(Kind::readOnly, "database '" + file.string() +
                                            "' has a statement of a migration that was cut off, and cannot be written "
                                            "to undo it: run this as a user who may");
}

} // namespace mortise::database
