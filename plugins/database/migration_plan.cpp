// SPDX-License-Identifier: Apache-2.0
#include "migration_plan.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mortise::database {
namespace {

class Planner {
public:
    Planner(std::span<const DialectMigration> list, std::span<const MigrationRecord> records, std::string_view database)
        : list_(list), records_(records), database_("database '" + std::string(database) + "'") {}

    MigrationPlan plan() {
        for (const DialectMigration& one : list_) known_[one.owner].push_back(&one);
        for (const MigrationRecord& record : records_) look(record);
        for (const DialectMigration& one : list_) look(one);
        if (!faults_.empty()) throw MigrationsRefused(std::move(faults_));
        return std::move(plan_);
    }

private:
    const MigrationRecord* recordOf(const DialectMigration& migration) const {
        const auto found = std::find_if(records_.begin(), records_.end(), [&](const MigrationRecord& record) {
            return record.owner == migration.owner && record.name == migration.name;
        });
        return found == records_.end() ? nullptr : &*found;
    }

    void look(const MigrationRecord& record) {
        const auto owner = known_.find(record.owner);
        if (owner == known_.end()) return;
        const auto& known = owner->second;
        const std::uint32_t number = migrationNumber(record.name);
        const auto same =
            std::find_if(known.begin(), known.end(), [&](const auto* one) { return one->number == number; });
        if (same != known.end()) {
            if ((*same)->name != record.name)
                faults_.push_back({(*same)->index, migrationLabel((*same)->owner, (*same)->name) + " ran as '" +
                                                       record.name + "' on " + database_ +
                                                       ": give it back that name and its text"});
            return;
        }
        if (number != 0 && record.compatible && !record.running) {
            plan_.later.push_back(&record);
            return;
        }
        faults_.push_back({known.back()->index,
                           database_ + " has had " + migrationLabel(record.owner, record.name) +
                               ", which this version of the plugin neither knows nor can run with: install the newer "
                               "version again, undo the migration with it ('mortised migrate down'), or restore a "
                               "backup from before it"});
    }

    void look(const DialectMigration& migration) {
        const bool renamed = std::any_of(records_.begin(), records_.end(), [&](const MigrationRecord& record) {
            return record.owner == migration.owner && record.name != migration.name &&
                   migrationNumber(record.name) == migration.number;
        });
        if (renamed) return; // which is a fault already
        const MigrationRecord* const record = recordOf(migration);
        if (record != nullptr && record->checksum != migration.checksum)
            faults_.push_back({migration.index, migrationLabel(migration.owner, migration.name) +
                                                    " was changed after it ran on " + database_ +
                                                    ": restore its text and put the change into a new migration"});
        if (record != nullptr && !record->running) return;
        const auto ofOwner = [&](const MigrationRecord& one) { return one.owner == migration.owner; };
        const auto after = std::find_if(records_.begin(), records_.end(), [&](const MigrationRecord& one) {
            return ofOwner(one) && migrationNumber(one.name) > migration.number;
        });
        if (after != records_.end())
            faults_.push_back({migration.index, migrationLabel(migration.owner, migration.name) + " has not run on " +
                                                    database_ + ", but '" + after->name +
                                                    "' after it has: a migration is added behind all others"});
        const bool ran = std::any_of(records_.begin(), records_.end(), ofOwner);
        plan_.pending.push_back({&migration, record != nullptr ? record->statement : 0, migration.incompatible && ran});
    }

    std::span<const DialectMigration> list_;
    std::span<const MigrationRecord> records_;
    const std::string database_;
    std::map<std::string_view, std::vector<const DialectMigration*>> known_;
    MigrationPlan plan_;
    std::vector<MigrationFault> faults_;
};

} // namespace

MigrationPlan planMigrations(std::span<const DialectMigration> list, std::span<const MigrationRecord> records,
                             std::string_view database) {
    return Planner(list, records, database).plan();
}

std::vector<const DialectMigration*> planUndo(std::span<const DialectMigration> list,
                                              std::span<const MigrationRecord> records, std::string_view owner,
                                              std::uint32_t number) {
    std::vector<const DialectMigration*> down;
    for (const MigrationRecord& record : records) {
        if (record.owner != owner || migrationNumber(record.name) < number) continue;
        const std::string label = migrationLabel(record.owner, record.name);
        const auto found = std::find_if(list.begin(), list.end(), [&](const DialectMigration& one) {
            return one.owner == record.owner && one.name == record.name;
        });
        if (found == list.end())
            throw DatabaseError(DatabaseError::Kind::invalid,
                                label +
                                    " is not known to this version of the plugin: undo it with the version that is");
        if (record.running)
            throw MigrationsRefused(
                {{found->index, label + " has not ended, so it cannot be undone: let it end "
                                        "('mortised migrate up'), or restore the backup from before it"}});
        if (found->down.empty() && !found->sql.empty())
            throw MigrationsRefused(
                {{found->index, label + " has nothing that undoes it: restore a backup from before it"}});
        down.insert(down.begin(), &*found);
    }
    if (down.empty() || down.back()->number != number)
        throw DatabaseError(DatabaseError::Kind::invalid,
                            "no migration " + std::to_string(number) + " of '" + std::string(owner) + "' has run");
    return down;
}

} // namespace mortise::database
