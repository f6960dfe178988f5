/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.migrations/1, given by plugins that own tables; mortise.plugin.migrator/1, given by the plugin that
 * owns the database. The host collects the first after every `configure` and hands them to the second before any
 * `start`.
 *
 * Migrations only expand a schema (a table, a column with a default, an index), so that the old generation goes on
 * beside the new one. A migration that ran once is never changed: its checksum is compared at every start.
 */
#ifndef MORTISE_SERVICE_MIGRATIONS_H
#define MORTISE_SERVICE_MIGRATIONS_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_MIGRATIONS_EXTENSION "mortise.plugin.migrations/1"
#define MORTISE_MIGRATOR_EXTENSION "mortise.plugin.migrator/1"

/* Element of an array with a stride. */
typedef struct mortise_migration {
    /* since 1.0 */
    mortise_view owner; /* the contributing instance's name; filled by the host */
    mortise_view name;  /* "0001-create-users": run in the order of an owner's list */
    mortise_view sql;   /* one or more statements, in the common subset of the supported databases */
} mortise_migration;

/* Read once after `configure`; lives as long as the instance. */
typedef struct mortise_plugin_migrations {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t migration_count;
    uint32_t migration_size; /* stride */
    uint32_t reserved;
    const mortise_migration *migrations;
} mortise_plugin_migrations;

typedef struct mortise_plugin_migrator {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] Owners in dependency order. Runs what has not run, each in a transaction, under a lock. From it may be
     * called: everything that is [control], [worker] or [any]. */
    mortise_status (*migrate)(void *self, const mortise_migration *migrations, uint32_t migration_count,
                              uint32_t migration_size, mortise_error *error);
} mortise_plugin_migrator;

#ifdef __cplusplus
}
#endif

#endif
