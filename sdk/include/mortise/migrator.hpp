// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/view.hpp>
#include <mortise/service/migrations.h>

namespace mortise {
inline namespace v1 {

// Borrowed for the call.
using Migrations = detail::Elements<mortise_migration>;

// For the plugin that owns the database to derive from: mortise.plugin.migrator/1.
class Migrator {
public:
    virtual ~Migrator() = default;
    // [control] Owners in dependency order. Runs what has not run, each in a transaction, under a lock. Throws.
    virtual void migrate(const Migrations& migrations) = 0;
};

} // namespace v1
} // namespace mortise
