// SPDX-License-Identifier: Apache-2.0
#include "mariadb_schema.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <utility>

namespace mortise::database {

namespace {

class TextRows final : public RowVisitor {
public:
    bool row(std::span<const SqlValue> columns) override {
        std::vector<std::string>& row = all.emplace_back();
        for (const SqlValue& column : columns) row.emplace_back(column.text);
        return true;
    }
    std::vector<std::vector<std::string>> all;
};

} // namespace

std::vector<std::vector<std::string>> mariadbRows(DriverSession& session, std::string_view sql,
                                                  std::chrono::milliseconds time) {
    TextRows rows;
    session.run(sql, time, &rows);
    return std::move(rows.all);
}

std::string sqlLiteral(std::string_view text) {
    std::string made = "'";
    for (const char c : text) made.append(c == '\'' ? 2 : 1, c);
    return made + "'";
}

bool isMadeUpName(std::string_view key, const std::vector<std::string>& columns) {
    if (columns.empty()) return true;
    const std::string& first = columns.front();
    if (key.substr(0, first.size()) != first) return false;
    const std::string_view rest = key.substr(first.size());
    return rest.empty() || (rest.size() > 1 && rest.front() == '_' &&
                            std::all_of(rest.begin() + 1, rest.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

std::string_view mariadbTypeInstead(SqlKind kind, std::string_view type) {
    const std::string_view name = type.substr(0, type.find_first_of("( "));
    const auto isAmong = [](std::string_view wanted, std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), wanted) != names.end();
    };
    switch (kind) {
    case SqlKind::integer:
        return isAmong(name, {"tinyint", "smallint", "mediumint", "int", "bigint"}) ? "" : "BIGINT";
    case SqlKind::number:
        return name == "double" ? "" : "DOUBLE";
    case SqlKind::text:
        return isAmong(name, {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum"})
                   ? ""
                   : "VARCHAR or TEXT";
    case SqlKind::blob:
        return isAmong(name, {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}) ? "" : "BLOB";
    case SqlKind::decimal:
        return name == "decimal" ? "" : "DECIMAL";
    case SqlKind::dateTime:
        return isAmong(type, {"datetime(3)", "datetime(4)", "datetime(5)", "datetime(6)"}) ? "" : "DATETIME(3)";
    case SqlKind::uuid:
        return type == "binary(16)" ? "" : "BINARY(16)";
    case SqlKind::null:
        break;
    }
    return {};
}

TableSchema mariadbTable(DriverSession& session, std::string_view table, std::chrono::milliseconds time) {
    const std::string isTable = " WHERE table_schema = DATABASE() AND table_name = " + sqlLiteral(table);
    TableSchema schema;
    schema.exists = !mariadbRows(session, "SELECT 1 FROM information_schema.tables" + isTable, time).empty();
    schema.typeInstead = &mariadbTypeInstead;
    for (auto& row :
         mariadbRows(session, "SELECT column_name, column_type FROM information_schema.columns" + isTable, time))
        schema.columns.push_back({std::move(row[0]), std::move(row[1])});
    std::map<std::string, TableSchema::Index> indexes;
    for (auto& row : mariadbRows(session,
                                 "SELECT index_name, non_unique, column_name FROM information_schema.statistics" +
                                     isTable + " ORDER BY index_name, seq_in_index",
                                 time)) {
        TableSchema::Index& index = indexes[row[0]];
        index.isUnique = row[1] == "0";
        index.columns.push_back(std::move(row[2]));
    }
    for (auto& [name, index] : indexes) {
        if (name == "PRIMARY")
            schema.primaryKey = index.columns;
        else if (!isMadeUpName(name, index.columns))
            index.name = name;
        schema.indexes.push_back(std::move(index));
    }
    std::map<std::string, TableSchema::ForeignKey> keys;
    for (auto& row : mariadbRows(session,
                                 "SELECT constraint_name, referenced_table_name, column_name, referenced_column_name "
                                 "FROM information_schema.key_column_usage" +
                                     isTable +
                                     " AND referenced_table_name IS NOT NULL ORDER BY constraint_name, "
                                     "ordinal_position",
                                 time)) {
        TableSchema::ForeignKey& key = keys[row[0]];
        key.table = std::move(row[1]);
        key.columns.push_back(std::move(row[2]));
        key.foreignColumns.push_back(std::move(row[3]));
    }
    for (auto& [name, key] : keys) schema.foreignKeys.push_back(std::move(key));
    return schema;
}

} // namespace mortise::database
