// SPDX-License-Identifier: Apache-2.0
#include "schema_constraints.hpp"

#include "table_definition.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace mortise::database {

namespace {

using Kind = RequiredConstraint::Kind;
using Columns = std::vector<std::string>;
using Index = TableSchema::Index;
using ForeignKey = TableSchema::ForeignKey;

template<class Names>
std::string listOf(const Names& names) {
    std::string list = "(";
    for (const auto& name : names) list.append(list.size() == 1 ? "" : ", ").append(name);
    return list + ")";
}

// Whether the first names of `left` are those of `right`, in this order.
template<class Names>
bool begins(const Columns& left, const Names& right) {
    return left.size() >= right.size() && std::equal(right.begin(), right.end(), left.begin(), isSameName);
}
// Whether both are the same, in any order.
template<class Names>
bool isSet(const Columns& left, const Names& right) {
    return left.size() == right.size() && std::all_of(right.begin(), right.end(), [&](std::string_view name) {
               return std::any_of(left.begin(), left.end(), [&](const auto& one) { return isSameName(one, name); });
           });
}

// What the schema has instead, as a part of a message.
std::string insteadOf(std::string_view what, const std::vector<std::string>& there) {
    if (there.empty()) return ", but the schema has none";
    std::string text = ", but the schema has ";
    text.append(what);
    for (const std::string& one : there) text.append(&one == &there.front() ? " " : ", ").append(one);
    return text;
}

std::string uniqueFault(const RequiredConstraint& wanted, const TableSchema& table) {
    std::vector<std::string> there;
    for (const Index& index : table.indexes) {
        if (!index.isUnique) continue;
        const bool isNamed = wanted.name.empty() || isSameName(index.name, wanted.name);
        if (isNamed && isSet(index.columns, wanted.columns)) return {};
        there.push_back((index.name.empty() ? "" : "'" + index.name + "' ") + "of " + listOf(index.columns));
    }
    const std::string name = wanted.name.empty() ? "" : " '" + std::string(wanted.name) + "'";
    return "a unique key" + name + " of " + listOf(wanted.columns) + insteadOf("unique keys", there);
}

std::string indexFault(const RequiredConstraint& wanted, const TableSchema& table) {
    std::vector<std::string> there;
    for (const Index& index : table.indexes) {
        if (begins(index.columns, wanted.columns)) return {};
        there.push_back("of " + listOf(index.columns));
    }
    return "an index that begins with " + listOf(wanted.columns) + insteadOf("indexes", there);
}

// In this order: the first column refers to the first one.
std::string foreignKeyFault(const RequiredConstraint& wanted, const TableSchema& table) {
    std::vector<std::string> there;
    for (const ForeignKey& key : table.foreignKeys) {
        if (isSameName(key.table, wanted.foreignTable) && key.columns.size() == wanted.columns.size() &&
            begins(key.columns, wanted.columns) && begins(key.foreignColumns, wanted.foreignColumns))
            return {};
        there.push_back("of " + listOf(key.columns) + " to " + key.table + " " + listOf(key.foreignColumns));
    }
    return "a foreign key of " + listOf(wanted.columns) + " to " + std::string(wanted.foreignTable) + " " +
           listOf(wanted.foreignColumns) + insteadOf("foreign keys", there);
}

std::string otherUniqueFault(const RequiredConstraint& wanted, const TableSchema& table) {
    std::vector<std::string> others;
    for (const Index& index : table.indexes) {
        if (!index.isUnique || isSet(index.columns, wanted.columns) || isSet(index.columns, table.primaryKey)) continue;
        others.push_back((index.name.empty() ? "" : "'" + index.name + "' ") + "of " + listOf(index.columns));
    }
    if (others.empty()) return {};
    return "no unique key beside its primary key and that of " + listOf(wanted.columns) +
           insteadOf("unique keys", others);
}

std::string valuesFault(const RequiredConstraint& wanted, const TableSchema& table) {
    std::string_view instead;
    std::vector<std::string> there;
    for (const TableSchema::Column& column : table.columns) {
        const bool isWanted = std::any_of(wanted.columns.begin(), wanted.columns.end(),
                                          [&](std::string_view name) { return isSameName(column.name, name); });
        if (!isWanted) continue;
        const std::string_view type = table.typeInstead(wanted.valueKind, column.type);
        if (type.empty()) continue;
        instead = type;
        there.push_back("'" + column.name + "' of " + column.type);
    }
    if (there.empty()) return {};
    return "columns of the type " + std::string(instead) + insteadOf("columns", there);
}

// What is missing, and what is there instead; empty: nothing is.
std::string faultOf(const RequiredConstraint& wanted, const TableSchema& table) {
    switch (wanted.kind) {
    case Kind::primaryKey:
        if (isSet(table.primaryKey, wanted.columns)) return {};
        return "the primary key " + listOf(wanted.columns) +
               (table.primaryKey.empty() ? ", but the schema has none"
                                         : ", but the schema has " + listOf(table.primaryKey));
    case Kind::unique:
        return uniqueFault(wanted, table);
    case Kind::index:
        return indexFault(wanted, table);
    case Kind::foreignKey:
        return foreignKeyFault(wanted, table);
    case Kind::onlyUnique:
        return otherUniqueFault(wanted, table);
    case Kind::values:
        return valuesFault(wanted, table);
    }
    return {};
}

} // namespace

std::vector<SchemaFault> missingConstraints(const std::function<TableSchema(std::string_view table)>& tableOf,
                                            std::span<const RequiredConstraint> constraints) {
    std::vector<SchemaFault> faults;
    std::map<std::string_view, TableSchema> tables;
    for (std::size_t i = 0; i < constraints.size(); ++i) {
        const RequiredConstraint& wanted = constraints[i];
        auto found = tables.find(wanted.table);
        const bool isNew = found == tables.end();
        if (isNew) found = tables.emplace(wanted.table, tableOf(wanted.table)).first;
        std::string table = "table '" + std::string(wanted.table) + "' is declared";
        if (!found->second.exists) {
            if (isNew) faults.push_back({i, table + ", but the schema has none of that name"});
        } else if (const std::string fault = faultOf(wanted, found->second); !fault.empty()) {
            faults.push_back({i, table.append(" with ").append(fault)});
        }
    }
    return faults;
}

} // namespace mortise::database
