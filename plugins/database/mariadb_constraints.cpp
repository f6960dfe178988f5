// SPDX-License-Identifier: Apache-2.0
#include "mariadb_constraints.hpp"

#include "driver_session.hpp"
#include "mariadb_schema.hpp"
#include "sql_tokens.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

// What stands between `begin`, at its last place, and `end`.
std::string between(std::string_view message, std::string_view begin, std::string_view end) {
    const std::size_t at = message.rfind(begin);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = message.substr(at + begin.size());
    const std::size_t size = rest.rfind(end);
    return size == std::string_view::npos ? std::string() : std::string(rest.substr(0, size));
}
// The same up to the first `end`.
std::string upTo(std::string_view message, std::string_view begin, std::string_view end) {
    const std::size_t at = message.find(begin);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = message.substr(at + begin.size());
    const std::size_t size = rest.find(end);
    return size == std::string_view::npos ? std::string() : std::string(rest.substr(0, size));
}

bool endsInNumber(std::string_view name, std::string_view begin) {
    const std::string_view rest = name.substr(std::min(begin.size(), name.size()));
    return name.substr(0, begin.size()) == begin && !rest.empty() &&
           std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The table that a statement writes to.
std::string tableOf(std::string_view sql) {
    const std::vector<SqlToken> tokens = sqlTokens(sql);
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        const bool names =
            tokens[i].is("INTO") || tokens[i].is("FROM") ||
            (tokens[i].is("UPDATE") && !tokens[i + 1].is("IGNORE") && (i == 0 || !tokens[i - 1].is("KEY")));
        if (names && tokens[i + 1].isName()) return tokens[i + 1].text;
    }
    return {};
}

std::string joined(const std::string& table, const std::vector<std::string>& columns) {
    std::string list;
    for (const std::string& column : columns)
        list.append(list.empty() ? "" : ", ").append(table).append(".").append(column);
    return list;
}

std::string uniqueName(const std::string& key, const std::string& table, DriverSession& session,
                       std::chrono::milliseconds time) {
    std::vector<std::string> columns;
    for (auto& row :
         mariadbRows(session,
                     "SELECT column_name FROM information_schema.statistics WHERE table_schema = "
                     "DATABASE() AND table_name = " +
                         sqlLiteral(table) + " AND index_name = " + sqlLiteral(key) + " ORDER BY seq_in_index",
                     time))
        columns.push_back(std::move(row[0]));
    return key == "PRIMARY" || isMadeUpName(key, columns) ? joined(table, columns) : key;
}

// One without a name is TABLE_ibfk_1; from 12.1 on its number alone.
std::string foreignName(const std::string& key, const std::string& message) {
    if (!endsInNumber(key.substr(std::min(key.rfind("_ibfk_"), key.size())), "_ibfk_") && !endsInNumber(key, ""))
        return key;
    const std::string place = upTo(message, "fails (", ", CONSTRAINT");
    const std::string table = between(place, "`.`", "`");
    const std::string column = upTo(message, "FOREIGN KEY (`", "`");
    return table.empty() || column.empty() ? std::string() : table + "." + column;
}

} // namespace

// The value that breaks a key stands in the message, too, and may hold anything: what is the server's own is at the
// end, or in front of everything.
std::string mariadbConstraint(std::string_view text) {
    if (std::string key = between(text, " for key '", "'"); !key.empty()) return key;
    if (text.find("foreign key constraint fails") != std::string_view::npos) return upTo(text, "CONSTRAINT `", "` ");
    if (std::string name = upTo(text, "CONSTRAINT `", "` failed for"); !name.empty()) return name;
    for (const std::string_view begin : {"Column '", "Field '", "for column '"}) {
        if (std::string name = upTo(text, begin, "'"); !name.empty()) return name;
    }
    return {};
}

DatabaseError namedAsDeclared(const DatabaseError& error, std::string_view sql, DriverSession& session,
                              std::chrono::milliseconds time) {
    std::string name = error.name();
    const std::string table = tableOf(sql);
    switch (error.kind()) {
    case Kind::unique:
        try {
            name = uniqueName(name, table, session, time);
        } catch (const DriverError&) {
            name.clear();
        }
        break;
    case Kind::foreignKey:
        name = foreignName(name, error.what());
        break;
    case Kind::check:
        if (endsInNumber(name, "CONSTRAINT_")) name.clear();
        break;
    case Kind::notNull:
    case Kind::tooLong:
        // Of a trigger's statement the message would be about another table.
        if (!name.empty() && !table.empty()) name = table + "." + name;
        break;
    default:
        return error;
    }
    return {error.kind(), error.what(), name};
}

} // namespace mortise::database
