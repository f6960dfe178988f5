// SPDX-License-Identifier: Apache-2.0
#include "expanding_check.hpp"

#include "confined.hpp"
#include "sql_script.hpp"
#include "sql_tokens.hpp"
#include "sqlite_memory.hpp"

#include <Poco/String.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::database {
namespace {

std::string lower(const char* name) {
    return name == nullptr ? std::string() : Poco::toLower(std::string(name));
}

// How often CHECK stands in a table's text.
std::size_t checksIn(std::string_view sql) {
    const std::vector<SqlToken> tokens = sqlTokens(sql);
    return static_cast<std::size_t>(
        std::count_if(tokens.begin(), tokens.end(), [](const SqlToken& token) { return token.is("CHECK"); }));
}

// What there was of a table before.
struct Table {
    std::vector<std::vector<std::string>> columns; // name, type, not null, default, key, hidden
    std::vector<std::string> uniqueIndexes;
    std::size_t checks = 0;
};

class Check {
public:
    explicit Check(sqlite3* connection) {
        copy_.copySchema(connection);
        for (const auto& row : copy_.rows("SELECT lower(name) FROM sqlite_master WHERE type = 'table'"))
            if (!row[0].starts_with("sqlite_")) tables_.emplace(row[0], tableOf(row[0]));
        for (const auto& row : copy_.rows("SELECT lower(name) FROM sqlite_master WHERE type = 'view'"))
            views_.insert(row[0]);
        sqlite3_set_authorizer(copy_.handle(), &Check::authorize, this);
    }
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;
    ~Check() { sqlite3_set_authorizer(copy_.handle(), nullptr, nullptr); }

    // What it does beyond expanding; empty: nothing.
    std::string run(const DialectMigration& migration) {
        done_.clear();
        for (const std::string& sql : statementsOf(migration.sql)) copy_.runOwn(sql);
        sqlite3_set_authorizer(copy_.handle(), nullptr, nullptr);
        for (auto& [name, before] : tables_) {
            Table now = tableOf(name);
            compare(name, before, now);
            before = std::move(now);
        }
        sqlite3_set_authorizer(copy_.handle(), &Check::authorize, this);
        return done_;
    }

private:
    Table tableOf(const std::string& name) const {
        const std::array parameters{SqlValue{SqlKind::text, 0, 0, name}};
        Table table;
        table.columns =
            copy_.rows("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)", parameters);
        for (const auto& row :
             copy_.rows("SELECT name FROM pragma_index_list(?) WHERE \"unique\" ORDER BY name", parameters))
            table.uniqueIndexes.push_back(row[0]);
        for (const auto& row :
             copy_.rows("SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = ?", parameters))
            table.checks = checksIn(row[0]);
        return table;
    }

    void compare(const std::string& name, const Table& before, const Table& now) {
        if (now.columns.size() < before.columns.size() ||
            !std::equal(before.columns.begin(), before.columns.end(), now.columns.begin()))
            return note("it changes or removes columns of table '" + name + "'");
        for (std::size_t i = before.columns.size(); i < now.columns.size(); ++i) {
            const auto& column = now.columns[i];
            if (column[2] != "0" && (column[3].empty() || Poco::toLower(column[3]) == "null"))
                note("column '" + column[0] + "', which it adds to table '" + name +
                     "', must have a value and has no default");
        }
        if (now.checks > before.checks) note("it adds a CHECK to table '" + name + "'");
        if (now.uniqueIndexes.size() > before.uniqueIndexes.size())
            note("it adds a unique index to table '" + name + "'");
    }

    void note(const std::string& what) {
        if (done_.empty()) done_ = what;
    }
    void touches(const char* table, const std::string& what) {
        if (tables_.contains(lower(table))) note(what + " table '" + lower(table) + "'");
        if (views_.contains(lower(table))) note(what + " view '" + lower(table) + "'");
    }

    static int authorize(void* context, int action, const char* first, const char* second, const char*, const char*) {
        auto& self = *static_cast<Check*>(context);
        switch (action) {
        case SQLITE_INSERT:
            self.touches(first, "it inserts rows into");
            break;
        case SQLITE_UPDATE:
            self.touches(first, "it changes rows of");
            break;
        case SQLITE_DELETE:
            self.touches(first, "it deletes rows of");
            break;
        case SQLITE_DROP_TABLE:
        case SQLITE_DROP_VTABLE:
            self.touches(first, "it drops");
            break;
        case SQLITE_DROP_INDEX:
            self.touches(second, "it drops an index of");
            break;
        case SQLITE_CREATE_TRIGGER:
        case SQLITE_CREATE_TEMP_TRIGGER:
            self.touches(second, "it makes a trigger on");
            break;
        case SQLITE_DROP_TRIGGER:
            self.touches(second, "it drops a trigger on");
            break;
        case SQLITE_CREATE_VIEW:
        case SQLITE_DROP_VIEW:
            self.note("it makes or drops view '" + lower(first) + "'");
            break;
        case SQLITE_ANALYZE:
            self.note("it writes statistics anew");
            break;
        default:
            return Confined::allows(action, first) ? SQLITE_OK : SQLITE_DENY;
        }
        return SQLITE_OK;
    }

    SqliteMemory copy_;
    std::map<std::string, Table> tables_; // of the database, by name in lower case
    std::set<std::string> views_;         // the same
    std::string done_;
};

} // namespace

std::vector<MigrationFault> notExpanding(sqlite3* connection, std::span<const MigrationPlan::Step> pending) {
    std::vector<MigrationFault> faults;
    const auto fault = [&](const DialectMigration& migration, const std::string& reason) {
        faults.push_back(
            {migration.index, migrationLabel(migration.owner, migration.name) +
                                  " needs a restart, since an older generation serves on meanwhile: " + reason});
    };
    Check check(connection);
    for (const MigrationPlan::Step& step : pending) {
        const DialectMigration& migration = *step.migration;
        if (step.rebuild || step.ran != 0) {
            fault(migration, "it is flagged as incompatible");
            return faults; // the rest builds on it
        }
        try {
            if (const std::string what = check.run(migration); !what.empty()) fault(migration, what);
        } catch (const DatabaseError& error) {
            faults.push_back({migration.index, migrationLabel(migration.owner, migration.name) +
                                                   " fails on a copy of the schema: " + error.what()});
            return faults;
        }
    }
    return faults;
}

} // namespace mortise::database
