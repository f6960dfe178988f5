// SPDX-License-Identifier: Apache-2.0
#include "sqlite_constraint_check.hpp"

#include "sqlite_memory.hpp"
#include "table_definition.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace mortise::database {

namespace {

// Whether both are the same columns, in any order.
bool isSame(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    return left.size() == right.size() && std::all_of(right.begin(), right.end(), [&](const std::string& name) {
               return std::any_of(left.begin(), left.end(), [&](const auto& one) { return isSameName(one, name); });
           });
}

// By its affinity: https://www.sqlite.org/datatype3.html, section 3.1.
std::string_view sqliteTypeInstead(SqlKind kind, std::string_view type) {
    std::string name(type);
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
    const bool isInteger = has("INT");
    const bool isText = !isInteger && (has("CHAR") || has("CLOB") || has("TEXT"));
    const bool isUnchanged = !isInteger && !isText && (name.empty() || name == "ANY" || has("BLOB"));
    const bool isReal = !isInteger && !isText && !isUnchanged && (has("REAL") || has("FLOA") || has("DOUB"));
    switch (kind) {
    case SqlKind::integer:
    case SqlKind::dateTime:
        return isText || isReal ? "INTEGER" : "";
    case SqlKind::number:
        return isText ? "REAL" : "";
    case SqlKind::text:
    case SqlKind::decimal:
    case SqlKind::uuid:
        return isText || isUnchanged ? "" : "TEXT";
    case SqlKind::null:
    case SqlKind::blob:
        break;
    }
    return {};
}

class TableReader {
public:
    explicit TableReader(sqlite3* database) : database_(database) {}

    TableSchema read(std::string_view table) {
        std::map<int, std::string> key;
        schema_.typeInstead = &sqliteTypeInstead;
        for (auto& row : rows("SELECT name, pk, type FROM pragma_table_info(?)", table)) {
            schema_.exists = true;
            schema_.columns.push_back({row[0], std::move(row[2])});
            if (row[1] != "0") key.emplace(std::stoi(row[1]), std::move(row[0]));
        }
        for (auto& [place, name] : key) schema_.primaryKey.push_back(std::move(name));
        if (!schema_.primaryKey.empty()) schema_.indexes.push_back({schema_.primaryKey, {}, true});
        readIndexes(table);
        readForeignKeys(table);
        return std::move(schema_);
    }

private:
    std::vector<std::vector<std::string>> rows(std::string_view sql, std::string_view name) const {
        const std::array parameters{SqlValue{SqlKind::text, 0, 0, name}};
        return sqliteRows(database_, sql, parameters);
    }
    void readIndexes(std::string_view table) {
        std::vector<DeclaredConstraint> declared;
        for (const auto& row :
             rows("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", table))
            declared = declaredConstraints(row[0]);
        for (const auto& row :
             rows("SELECT name, \"unique\", origin FROM pragma_index_list(?) WHERE NOT partial AND origin <> 'pk'",
                  table)) {
            TableSchema::Index index{{}, {}, row[1] == "1"};
            for (auto& column : rows("SELECT name FROM pragma_index_info(?) ORDER BY seqno", row[0]))
                index.columns.push_back(column[0].empty() ? "<expression>" : std::move(column[0]));
            index.name = row[2] == "c" ? row[0] : nameAmong(declared, index.columns);
            schema_.indexes.push_back(std::move(index));
        }
    }
    static std::string nameAmong(const std::vector<DeclaredConstraint>& declared, const TableSchema::Columns& columns) {
        for (const DeclaredConstraint& one : declared)
            if (one.kind == DeclaredConstraint::Kind::unique && isSame(one.columns, columns)) return one.name;
        return {};
    }
    void readForeignKeys(std::string_view table) {
        std::map<std::string, TableSchema::ForeignKey> keys;
        for (auto& row :
             rows("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq", table)) {
            TableSchema::ForeignKey& key = keys[row[0]];
            key.table = row[1];
            key.columns.push_back(std::move(row[2]));
            if (!row[3].empty()) key.foreignColumns.push_back(std::move(row[3]));
        }
        for (auto& [id, key] : keys) {
            if (key.foreignColumns.empty()) // the parent's key
                for (auto& row : rows("SELECT name FROM pragma_table_info(?) WHERE pk <> 0 ORDER BY pk", key.table))
                    key.foreignColumns.push_back(std::move(row[0]));
            schema_.foreignKeys.push_back(std::move(key));
        }
    }

    sqlite3* database_;
    TableSchema schema_;
};

} // namespace

std::vector<SchemaFault> missingConstraints(sqlite3* database, std::span<const RequiredConstraint> constraints) {
    return missingConstraints([database](std::string_view table) { return TableReader(database).read(table); },
                              constraints);
}

} // namespace mortise::database
