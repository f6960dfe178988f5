// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// A migration as one dialect has it; the texts are those of the Migration.
struct DialectMigration {
    std::size_t index = 0; // in the list that was given
    std::string_view owner;
    std::string_view name;
    std::uint32_t number = 0;
    std::string_view sql; // empty: nothing to do on this dialect
    std::string_view down;
    std::string_view drops;
    bool incompatible = false;
    std::string checksum; // of sql: SHA-256, hexadecimal
};

// "migration '0001-create-users' of 'users'"
std::string migrationLabel(std::string_view owner, std::string_view name);
// The digits before the first hyphen; 0 when there are none, or more than nine.
std::uint32_t migrationNumber(std::string_view name);
// What stands in the list for `dialect`, in its order. Throws MigrationsRefused for owners or names that are missing or
// too long, numbers that do not run from 1 on, two of one name and dialect, dialects that nobody knows.
std::vector<DialectMigration> migrationsOf(std::span<const Migration> list, std::string_view dialect);

} // namespace mortise::database
