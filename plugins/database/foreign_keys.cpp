// SPDX-License-Identifier: Apache-2.0
#include "foreign_keys.hpp"

#include "sqlite_statement.hpp"
#include "table_definition.hpp"
#include "touched_rows.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

// Of one statement; a culprit among later ones has no name.
constexpr std::size_t rowsLookedAt = 64;

struct ForeignKey {
    std::string table; // whose row refers
    DeclaredConstraint declared;
};

std::string identifier(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text.append(c == '"' ? 2 : 1, c);
    return text + '"';
}

SqliteStatement prepared(sqlite3* database, std::string_view sql) {
    int code = SQLITE_OK;
    bool one = true;
    return SqliteStatement::prepare(database, sql, code, one);
}

// The tables of the main database: their columns in order, and their foreign keys with the parent's columns filled in.
class Schema {
public:
    explicit Schema(sqlite3* database) : database_(database) {
        SqliteStatement tables = prepared(database, "SELECT name, sql FROM main.sqlite_master WHERE type = 'table'");
        while (tables && tables.step() == SQLITE_ROW) {
            std::string name(tables.column(0).text);
            for (DeclaredConstraint& one : declaredConstraints(tables.column(1).text)) {
                if (one.kind == DeclaredConstraint::Kind::foreignKey)
                    keys_.push_back({name, std::move(one)});
                else if (one.kind == DeclaredConstraint::Kind::primaryKey)
                    primaryKeys_.push_back({name, std::move(one)});
            }
        }
        for (ForeignKey& key : keys_) {
            if (!key.declared.parentColumns.empty()) continue;
            for (const ForeignKey& primary : primaryKeys_)
                if (isSameName(primary.table, key.declared.parent))
                    key.declared.parentColumns = primary.declared.columns;
        }
        std::erase_if(keys_, [](const ForeignKey& key) {
            return key.declared.columns.size() != key.declared.parentColumns.size();
        });
    }

    const std::vector<ForeignKey>& keys() const noexcept { return keys_; }
    // Nothing: there is no such column, or it is NULL.
    const sqlite3_value* value(const TouchedRow& row, const std::vector<SqliteValue>& values, std::string_view column) {
        const std::vector<std::string>& names = columns(row.table);
        for (std::size_t i = 0; i < names.size() && i < values.size(); ++i)
            if (isSameName(names[i], column))
                return values[i] && sqlite3_value_type(values[i].get()) != SQLITE_NULL ? values[i].get() : nullptr;
        return nullptr;
    }

private:
    const std::vector<std::string>& columns(const std::string& table) {
        for (const auto& [name, found] : columns_)
            if (name == table) return found;
        std::vector<std::string> found;
        const SqlValue key{SqlKind::text, 0, 0, table};
        SqliteStatement names = prepared(database_, "SELECT name FROM pragma_table_xinfo(?) ORDER BY cid");
        if (names && names.bind(std::span(&key, 1)) == SQLITE_OK)
            while (names.step() == SQLITE_ROW) found.emplace_back(names.column(0).text);
        return columns_.emplace_back(table, std::move(found)).second;
    }

    sqlite3* database_;
    std::vector<ForeignKey> keys_;
    std::vector<ForeignKey> primaryKeys_;
    std::vector<std::pair<std::string, std::vector<std::string>>> columns_;
};

using Values = std::vector<const sqlite3_value*>;

// Whether a row with these values is there.
bool exists(sqlite3* database, std::string_view table, std::span<const std::string> columns, const Values& values) {
    std::string sql = "SELECT 1 FROM main." + identifier(table) + " WHERE ";
    for (std::size_t i = 0; i < columns.size(); ++i)
        sql.append(i == 0 ? "" : " AND ").append(identifier(columns[i]) + " = ?");
    SqliteStatement statement = prepared(database, sql + " LIMIT 1");
    return statement && statement.bindValues(values) == SQLITE_OK && statement.step() == SQLITE_ROW;
}

// None where one of them is NULL: such a row refers to nothing.
Values valuesOf(Schema& schema, const TouchedRow& row, const std::vector<SqliteValue>& from,
                std::span<const std::string> columns) {
    Values values;
    for (const std::string& column : columns) {
        const sqlite3_value* const value = schema.value(row, from, column);
        if (value == nullptr) return {};
        values.push_back(value);
    }
    return values;
}

// A row that refers to nothing, or one that is referred to and gone.
bool isBroken(sqlite3* database, Schema& schema, const ForeignKey& key, const TouchedRow& row) {
    const DeclaredConstraint& rule = key.declared;
    if (isSameName(row.table, key.table) && !row.after.empty()) {
        const Values values = valuesOf(schema, row, row.after, rule.columns);
        if (!values.empty() && !exists(database, rule.parent, rule.parentColumns, values)) return true;
    }
    if (isSameName(row.table, rule.parent) && !row.before.empty()) {
        const Values values = valuesOf(schema, row, row.before, rule.parentColumns);
        if (!values.empty() && exists(database, key.table, rule.columns, values) &&
            !exists(database, rule.parent, rule.parentColumns, values))
            return true;
    }
    return false;
}

// ON DELETE RESTRICT and ON UPDATE RESTRICT are never late: the statement fails at the row that is referred to.
bool isRestricted(sqlite3* database, Schema& schema, const ForeignKey& key, const TouchedRow& row) {
    const DeclaredConstraint& rule = key.declared;
    if (!rule.restricts || !isSameName(row.table, rule.parent) || row.before.empty()) return false;
    const Values values = valuesOf(schema, row, row.before, rule.parentColumns);
    return !values.empty() && exists(database, key.table, rule.columns, values);
}

template<class Broken>
std::string nameOf(const Schema& schema, Broken&& broken) {
    for (const ForeignKey& key : schema.keys())
        if (broken(key)) return key.declared.name;
    return {};
}

std::string find(sqlite3* database, std::string_view sql, std::span<const SqlValue> parameters) {
    TouchedRows touched(database, rowsLookedAt);
    SqliteStatement statement = prepared(database, sql);
    if (!statement || statement.bind(parameters) != SQLITE_OK) return {};
    const bool failed = statement.run() != SQLITE_OK;
    Schema schema(database);
    if (touched.rows().empty()) return {};
    if (failed)
        return nameOf(
            schema, [&](const ForeignKey& key) { return isRestricted(database, schema, key, touched.rows().back()); });
    for (const TouchedRow& row : touched.rows())
        if (std::string name =
                nameOf(schema, [&](const ForeignKey& key) { return isBroken(database, schema, key, row); });
            !name.empty())
            return name;
    return {};
}

} // namespace

std::string brokenForeignKey(sqlite3* database, std::string_view sql, std::span<const SqlValue> parameters) {
    const auto run = [&](const char* text) {
        return sqlite3_exec(database, text, nullptr, nullptr, nullptr) == SQLITE_OK;
    };
    if (sqlite3_get_autocommit(database) != 0 || !run("SAVEPOINT culprit")) return {};
    std::string name;
    if (run("PRAGMA defer_foreign_keys = ON")) name = find(database, sql, parameters);
    // Undone whatever happened; where SQLite has rolled back everything these fail, which is as good.
    static_cast<void>(run("PRAGMA defer_foreign_keys = OFF"));
    static_cast<void>(run("ROLLBACK TO culprit"));
    static_cast<void>(run("RELEASE culprit"));
    return name;
}

} // namespace mortise::database
