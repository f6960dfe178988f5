// SPDX-License-Identifier: Apache-2.0
#include "schema_lint.hpp"

#include "sql_script.hpp"
#include "sqlite_memory.hpp"

#include <Poco/String.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

namespace mortise::database {
namespace {

class Lint {
public:
    Lint(SqliteMemory& memory, std::span<const DialectMigration> list) : memory_(memory), list_(list) {}

    std::vector<MigrationFault> run() {
        for (const DialectMigration& migration : list_)
            if (!apply(migration)) return std::move(faults_); // the rest may build on it
        for (const auto& [table, maker] : makers_) {
            checkKey(table, *maker);
            checkForeignKeys(table, *maker);
        }
        return std::move(faults_);
    }

private:
    void fault(const DialectMigration& migration, const std::string& message) {
        faults_.push_back({migration.index, migrationLabel(migration.owner, migration.name) + message});
    }

    bool apply(const DialectMigration& migration) {
        std::size_t number = 0;
        for (const std::string& sql : statementsOf(migration.sql)) {
            ++number;
            try {
                memory_.run(sql);
            } catch (const DatabaseError& error) {
                fault(migration,
                      " fails on an empty database, in statement " + std::to_string(number) + ": " + error.what());
                return false;
            }
        }
        std::set<std::string> present;
        bool sequence = false;
        for (const auto& row :
             memory_.rows("SELECT lower(name) FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE "
                          "'CREATE VIRTUAL%' AND name NOT IN (SELECT name FROM pragma_table_list WHERE "
                          "type = 'shadow')")) {
            if (row[0] == "sqlite_sequence") sequence = true;
            if (row[0].starts_with("sqlite_")) continue;
            present.insert(row[0]);
            makers_.emplace(row[0], &migration);
        }
        std::erase_if(makers_, [&](const auto& one) { return !present.contains(one.first); });
        if (sequence && !counts_)
            fault(migration, " uses AUTOINCREMENT: ids are made by the plugin (UUIDv7), so that the "
                             "schema also runs on a cluster");
        counts_ = sequence;
        return true;
    }

    std::vector<std::vector<std::string>> ofTable(std::string_view sql, const std::string& table) const {
        const std::array parameters{SqlValue{SqlKind::text, 0, 0, table}};
        return memory_.rows(sql, parameters);
    }

    void checkKey(const std::string& table, const DialectMigration& maker) {
        const auto columns = ofTable("SELECT lower(name), upper(type), pk FROM pragma_table_info(?)", table);
        if (std::none_of(columns.begin(), columns.end(), [](const auto& column) { return column[2] != "0"; }))
            fault(maker, ": table '" + table + "' has no primary key");
        for (const auto& column : columns)
            if (column[1].find("AUTO_INCREMENT") != std::string::npos)
                fault(maker, ": column '" + column[0] + "' of table '" + table +
                                 "' uses AUTO_INCREMENT: ids are made by the plugin (UUIDv7)");
    }

    std::string typeOf(const std::string& table, const std::string& column) const {
        for (const auto& one : ofTable("SELECT lower(name), upper(type) FROM pragma_table_info(?)", table))
            if (one[0] == column) return one[1];
        return {};
    }

    void checkForeignKeys(const std::string& table, const DialectMigration& maker) {
        for (const auto& key :
             ofTable("SELECT lower(\"table\"), lower(\"from\"), lower(\"to\"), seq FROM pragma_foreign_key_list(?)",
                     table)) {
            const std::string column = "column '" + key[1] + "' of table '" + table + "' references ";
            const auto parent = ofTable("SELECT lower(name), pk FROM pragma_table_info(?)", key[0]);
            std::string target = key[2];
            if (target.empty()) // the parent's key
                for (const auto& one : parent)
                    if (one[1] == std::to_string(std::stoul(key[3]) + 1)) target = one[0];
            const bool there =
                std::any_of(parent.begin(), parent.end(), [&](const auto& one) { return one[0] == target; });
            if (!there) {
                fault(maker, ": " + column + "'" + key[0] + (target.empty() ? "" : "." + target) +
                                 "', which no enabled plugin makes");
                continue;
            }
            const std::string own = typeOf(table, key[1]);
            const std::string other = typeOf(key[0], target);
            if (own != other)
                fault(maker, std::string(": ")
                                 .append(column)
                                 .append("'" + key[0] + "." + target)
                                 .append("' and has the type " + own)
                                 .append(", not " + other));
        }
    }

    SqliteMemory& memory_;
    std::span<const DialectMigration> list_;
    std::map<std::string, const DialectMigration*> makers_; // of each table, by name in lower case
    bool counts_ = false;
    std::vector<MigrationFault> faults_;
};

} // namespace

std::vector<MigrationFault> lintSchema(SqliteMemory& memory, std::span<const DialectMigration> list) {
    return Lint(memory, list).run();
}

} // namespace mortise::database
