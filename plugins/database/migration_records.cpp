// SPDX-License-Identifier: Apache-2.0
#include "migration_records.hpp"

#include "sql_value.hpp"
#include "sqlite_error.hpp"
#include "sqlite_statement.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::database {
namespace {

// What the table of the first version lacks; a version that does not know them writes their defaults.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> laterColumns{{
    {"dialect", "VARCHAR(16) NOT NULL DEFAULT 'sqlite'"},
    {"state", "VARCHAR(16) NOT NULL DEFAULT 'done'"},
    {"statement", "INTEGER NOT NULL DEFAULT 0"},
    {"statements", "INTEGER NOT NULL DEFAULT 0"},
    {"compatible", "INTEGER NOT NULL DEFAULT 1"},
}};

SqlValue value(std::string_view text) {
    return {SqlKind::text, 0, 0, text};
}
SqlValue value(std::int64_t number) {
    return {SqlKind::integer, number, 0, {}};
}

SqliteStatement prepared(sqlite3* connection, std::string_view sql, const std::filesystem::path& file) {
    int code = SQLITE_OK;
    bool one = true;
    SqliteStatement statement = SqliteStatement::prepare(connection, sql, code, one);
    if (code != SQLITE_OK) throw sqliteError(connection, code, file);
    return statement;
}

} // namespace

void sortMigrationRecords(std::vector<MigrationRecord>& records) {
    std::sort(records.begin(), records.end(), [](const MigrationRecord& left, const MigrationRecord& right) {
        if (left.owner != right.owner) return left.owner < right.owner;
        const std::uint32_t first = migrationNumber(left.name);
        const std::uint32_t second = migrationNumber(right.name);
        return first != second ? first < second : left.name < right.name;
    });
}

void MigrationRecords::run(std::string_view sql, std::span<const SqlValue> parameters) const {
    SqliteStatement statement = prepared(connection_, sql, file_);
    int code = statement.bind(parameters);
    if (code == SQLITE_OK) code = statement.run();
    if (code != SQLITE_OK) throw sqliteError(connection_, code, file_);
}

std::vector<std::string> MigrationRecords::columns() const {
    std::vector<std::string> names;
    SqliteStatement statement =
        prepared(connection_, "SELECT name FROM pragma_table_info('mortise_migrations')", file_);
    int code = SQLITE_OK;
    while ((code = statement.step()) == SQLITE_ROW) names.emplace_back(statement.column(0).text);
    if (code != SQLITE_DONE) throw sqliteError(connection_, code, file_);
    return names;
}

std::vector<MigrationRecord> MigrationRecords::read() const {
    std::vector<MigrationRecord> records;
    const std::vector<std::string> present = columns();
    if (present.empty()) return records;
    const bool later = std::find(present.begin(), present.end(), "compatible") != present.end();
    SqliteStatement statement = prepared(
        connection_,
        later ? "SELECT owner, name, checksum, applied_at, dialect, state, statement, statements, compatible FROM "
                "mortise_migrations"
              : "SELECT owner, name, checksum, applied_at, 'sqlite', 'done', 0, 0, 1 FROM mortise_migrations",
        file_);
    int code = SQLITE_OK;
    while ((code = statement.step()) == SQLITE_ROW) {
        const auto text = [&](int index) { return std::string(statement.column(index).text); };
        const auto number = [&](int index) { return static_cast<std::uint32_t>(statement.column(index).integer); };
        records.push_back(
            {text(0), text(1), text(2), text(3), text(4), text(5) == "running", number(6), number(7), number(8) != 0});
    }
    if (code != SQLITE_DONE) throw sqliteError(connection_, code, file_);
    sortMigrationRecords(records);
    return records;
}

void MigrationRecords::prepare() const {
    run("CREATE TABLE IF NOT EXISTS mortise_migrations (owner VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, "
        "checksum CHAR(64) NOT NULL, applied_at VARCHAR(32) NOT NULL, PRIMARY KEY (owner, name))");
    const std::vector<std::string> present = columns();
    for (const auto& [name, type] : laterColumns)
        if (std::find(present.begin(), present.end(), name) == present.end())
            run("ALTER TABLE mortise_migrations ADD COLUMN " + std::string(name) + ' ' + std::string(type));
}

void MigrationRecords::write(const DialectMigration& migration, std::uint32_t statement,
                             std::uint32_t statements) const {
    const std::string time = Poco::DateTimeFormatter::format(Poco::Timestamp(), "%Y-%m-%dT%H:%M:%S.%iZ");
    const std::array parameters{value(migration.owner),
                                value(migration.name),
                                value(migration.checksum),
                                value(time),
                                value("sqlite"),
                                value(statement == statements ? "done" : "running"),
                                value(std::int64_t{statement}),
                                value(std::int64_t{statements}),
                                value(std::int64_t{migration.incompatible ? 0 : 1})};
    run("INSERT INTO mortise_migrations (owner, name, checksum, applied_at, dialect, state, statement, statements, "
        "compatible) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET applied_at = "
        "excluded.applied_at, state = excluded.state, statement = excluded.statement",
        parameters);
}

void MigrationRecords::remove(std::string_view owner, std::string_view name) const {
    const std::array parameters{value(owner), value(name)};
    run("DELETE FROM mortise_migrations WHERE owner = ? AND name = ?", parameters);
}

} // namespace mortise::database
