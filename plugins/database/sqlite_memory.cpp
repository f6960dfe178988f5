// SPDX-License-Identifier: Apache-2.0
#include "sqlite_memory.hpp"

#include "confined.hpp"
#include "database_error.hpp"
#include "sqlite_error.hpp"
#include "sqlite_statement.hpp"

#include <sqlite3.h>

#include <array>

namespace mortise::database {
namespace {

void require(sqlite3* handle, int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    if ((code & 0xff) == SQLITE_AUTH)
        throw DatabaseError(DatabaseError::Kind::invalid,
                            "a statement may not begin or end a transaction, attach a database or use PRAGMA");
    throw DatabaseError(DatabaseError::Kind::failed, sqlite3_errmsg(handle));
}

void runOne(sqlite3* handle, std::string_view sql) {
    int code = SQLITE_OK;
    bool one = true;
    SqliteStatement statement = SqliteStatement::prepare(handle, sql, code, one);
    require(handle, code);
    require(handle, statement.run());
}

} // namespace

SqliteMemory::SqliteMemory() {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw sqliteError(handle, code, ":memory:");
    runOwn("PRAGMA trusted_schema = OFF");
}

void SqliteMemory::run(std::string_view sql) {
    const Confined confined(handle());
    runOne(handle(), sql);
}

SqliteStatement SqliteMemory::prepare(std::string_view sql) const {
    const Confined confined(handle());
    int code = SQLITE_OK;
    bool one = true;
    SqliteStatement statement = SqliteStatement::prepare(handle(), sql, code, one);
    require(handle(), code);
    if (!statement) throw DatabaseError(DatabaseError::Kind::invalid, "the statement is empty");
    if (!one) throw DatabaseError(DatabaseError::Kind::invalid, "only one statement can be prepared at a time");
    return statement;
}

void SqliteMemory::runOwn(std::string_view sql) {
    runOne(handle(), sql);
}

std::vector<std::vector<std::string>> SqliteMemory::rows(std::string_view sql,
                                                         std::span<const SqlValue> parameters) const {
    return sqliteRows(handle(), sql, parameters);
}

void SqliteMemory::copySchema(sqlite3* source) {
    // Virtual tables make tables of their own, which stand in the list, too.
    for (const auto& object :
         sqliteRows(source, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' "
                            "ESCAPE '\\' ORDER BY CASE WHEN type = 'table' AND sql LIKE 'CREATE VIRTUAL%' THEN 0 WHEN "
                            "type = 'table' THEN 1 WHEN type = 'index' THEN 2 WHEN type = 'view' THEN 3 ELSE 4 END, "
                            "rowid")) {
        const std::array name{SqlValue{SqlKind::text, 0, 0, object[0]}};
        if (rows("SELECT 1 FROM sqlite_master WHERE name = ?", name).empty()) runOwn(object[1]);
    }
}

std::vector<std::vector<std::string>> sqliteRows(sqlite3* connection, std::string_view sql,
                                                 std::span<const SqlValue> parameters) {
    int code = SQLITE_OK;
    bool one = true;
    SqliteStatement statement = SqliteStatement::prepare(connection, sql, code, one);
    require(connection, code);
    require(connection, statement.bind(parameters));
    std::vector<std::vector<std::string>> rows;
    while ((code = statement.step()) == SQLITE_ROW) {
        std::vector<std::string>& row = rows.emplace_back();
        for (int i = 0; i < statement.columnCount(); ++i) {
            const SqlValue value = statement.column(i);
            row.push_back(value.kind == SqlKind::integer ? std::to_string(value.integer) : std::string(value.text));
        }
    }
    require(connection, code);
    return rows;
}

} // namespace mortise::database
