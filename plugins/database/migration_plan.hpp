// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration_list.hpp"
#include "migration_records.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// What is to run on a database that has had `records`.
struct MigrationPlan {
    struct Step {
        const DialectMigration* migration;
        std::uint32_t ran = 0; // statements that ran before the process ended
        // Its owner has run here, so an older version of it may have to be kept from what this leaves.
        bool rebuild = false;
    };
    std::vector<Step> pending;
    std::vector<const MigrationRecord*> later; // compatible ones of listed owners that this version does not know
};

// Both lists outlive the plan. Throws MigrationsRefused: when one that ran was changed since or has another name now,
// when one was left out, when the database has had an incompatible one that the list does not know. `database` is for
// messages.
MigrationPlan planMigrations(std::span<const DialectMigration> list, std::span<const MigrationRecord> records,
                             std::string_view database);

// The migrations of `owner` that ran, from the last one down to `number`. Throws MigrationsRefused when one of them
// cannot be undone, DatabaseError when there is nothing to undo.
std::vector<const DialectMigration*> planUndo(std::span<const DialectMigration> list,
                                              std::span<const MigrationRecord> records, std::string_view owner,
                                              std::uint32_t number);

} // namespace mortise::database
