// SPDX-License-Identifier: Apache-2.0
#include "sqlite_constraints.hpp"

#include "sqlite_statement.hpp"
#include "table_definition.hpp"

#include <sqlite3.h>

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

// Rows of texts; none where the database does not answer.
std::vector<std::vector<std::string>> rowsOf(sqlite3* database, std::string_view sql,
                                             std::span<const SqlValue> values) {
    std::vector<std::vector<std::string>> rows;
    int code = SQLITE_OK;
    bool one = true;
    SqliteStatement statement = SqliteStatement::prepare(database, sql, code, one);
    if (!statement || statement.bind(values) != SQLITE_OK) return rows;
    while (statement.step() == SQLITE_ROW) {
        std::vector<std::string>& row = rows.emplace_back();
        for (int i = 0; i < statement.columnCount(); ++i) row.emplace_back(statement.column(i).text);
    }
    return rows;
}

SqlValue textOf(std::string_view text) {
    return {SqlKind::text, 0, 0, text};
}

// As SQLite's message has them: "t.a, t.b".
std::string listOf(const std::string& table, std::span<const std::string> columns) {
    std::string list;
    for (const std::string& column : columns)
        list.append(list.empty() ? "" : ", ").append(table).append(".").append(column);
    return list;
}

std::string uniqueIndex(sqlite3* database, const std::string& table, std::string_view columns) {
    const std::array<SqlValue, 1> key{textOf(table)};
    for (const auto& index :
         rowsOf(database, R"(SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND origin = 'c')", key)) {
        std::vector<std::string> names;
        const std::array<SqlValue, 1> name{textOf(index[0])};
        for (auto& column : rowsOf(database, "SELECT name FROM pragma_index_info(?) ORDER BY seqno", name))
            names.push_back(std::move(column[0]));
        if (isSameName(listOf(table, names), columns)) return index[0];
    }
    return {};
}

} // namespace

std::string failedPart(std::string_view message) {
    const std::size_t colon = message.find(": ");
    return colon == std::string_view::npos ? std::string() : std::string(message.substr(colon + 2));
}

std::string uniqueConstraint(sqlite3* database, std::string_view message) {
    std::string part = failedPart(message);
    // An index on expressions: "index 'name'".
    constexpr std::string_view index = "index '";
    if (part.compare(0, index.size(), index) == 0 && part.back() == '\'')
        return part.substr(index.size(), part.size() - index.size() - 1);
    for (const auto& table : rowsOf(database, "SELECT name, sql FROM sqlite_master WHERE type = 'table'", {})) {
        if (part.compare(0, table[0].size() + 1, table[0] + ".") != 0) continue;
        for (const DeclaredConstraint& one : declaredConstraints(table[1])) {
            const bool isKey =
                one.kind == DeclaredConstraint::Kind::unique || one.kind == DeclaredConstraint::Kind::primaryKey;
            if (isKey && !one.name.empty() && isSameName(listOf(table[0], one.columns), part)) return one.name;
        }
        if (std::string name = uniqueIndex(database, table[0], part); !name.empty()) return name;
    }
    return part;
}

std::string checkConstraint(sqlite3* database, std::string_view message) {
    const std::string part = failedPart(message);
    for (const auto& table : rowsOf(database, "SELECT sql FROM sqlite_master WHERE type = 'table'", {}))
        for (const DeclaredConstraint& one : declaredConstraints(table[0]))
            if (one.kind == DeclaredConstraint::Kind::check && one.name == part) return one.name;
    return {};
}

} // namespace mortise::database
