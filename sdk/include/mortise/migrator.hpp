// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/migrations.h>

#include <cstdint>

namespace mortise {
inline namespace v1 {

// For the plugin that owns the database to derive from: mortise.plugin.migrator/1.
class Migrator {
public:
    virtual ~Migrator() = default;
    // [control] Owners in dependency order. Runs what has not run, each in a transaction, under a lock. Throws.
    virtual void migrate(const mortise_migration* migrations, std::uint32_t count) = 0;
};

} // namespace v1
} // namespace mortise
