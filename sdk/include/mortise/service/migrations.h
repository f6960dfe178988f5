/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.migrations/1, given by plugins that own tables; mortise.plugin.migrator/1, given by the plugin that
 * owns the database. The host collects the first after every `configure` and hands them to the second before any
 * `start`.
 *
 * Migrations have numbers, which begin with 1 and leave none out, and run in their order. One that ran once is never
 * changed: its checksum is compared at every start. At a reload only what expands a schema runs (a table, an index, a
 * column that may be NULL or has a default), so that the old generation goes on beside the new one; the rest waits for
 * a restart. An older plugin runs on what later migrations left, unless one of them is flagged as incompatible.
 */
#ifndef MORTISE_SERVICE_MIGRATIONS_H
#define MORTISE_SERVICE_MIGRATIONS_H

#include <mortise/abi/types.h>
#include <mortise/service/command.h>
#include <mortise/service/database.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_MIGRATIONS_EXTENSION "mortise.plugin.migrations/1"
#define MORTISE_MIGRATOR_EXTENSION "mortise.plugin.migrator/1"

/* Flag of a migration: a plugin that does not know it cannot run on what it leaves. Runs at a restart only. */
/* since 1.0 */
#define MORTISE_MIGRATION_INCOMPATIBLE 1u

/* Element of an array with a stride. Elements of one name stand side by side: one per dialect. */
typedef struct mortise_migration {
    /* since 1.0 */
    mortise_view owner;   /* the contributing instance's name; filled by the host */
    mortise_view name;    /* its number, a hyphen and what it does: "0001-create-users" */
    mortise_view sql;     /* any number of statements; none: nothing to do */
    mortise_view dialect; /* "sqlite" or "mariadb"; empty: of every dialect that has no element of its own */
    mortise_view down;    /* statements that undo it; empty: it cannot be undone */
    mortise_view drops;   /* what data `down` loses, for the operator: "the roles of all users"; empty: none */
    uint32_t flags;       /* MORTISE_MIGRATION_…, the same for every dialect */
    uint32_t reserved;
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

/* Flag of `migrate`: another generation serves meanwhile, so only what expands a schema may run. */
/* since 1.0 */
#define MORTISE_MIGRATE_LIVE 1u

/* [control] On the thread of the call that got it and until that returns: what is wrong with the migration at `index`
 * of the list. The host shows it at the line of its owner. Given by the host. */
typedef void (*mortise_migration_fault)(void *context, uint32_t index, mortise_view message);

/* What a migrator's functions get: the migrations of all plugins, owners in dependency order. Borrowed for the call. */
typedef struct mortise_migration_list {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t migration_count;
    uint32_t migration_size; /* stride */
    uint32_t reserved;
    const mortise_migration *migrations;
    mortise_migration_fault fault;
    void *context; /* of `fault` */
} mortise_migration_list;

/* The statements and constraints that plugins declare (mortise.plugin.statements/1). Borrowed for the call. */
typedef struct mortise_statement_list {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t statement_count;
    uint32_t statement_size; /* stride */
    uint32_t constraint_count;
    uint32_t constraint_size; /* stride */
    uint32_t reserved;
    const mortise_sql_statement *statements; /* of every dialect: those of the database's own are of use */
    const mortise_sql_constraint *constraints;
    mortise_migration_fault fault;            /* of the statement at `index` */
    mortise_migration_fault constraint_fault; /* of the constraint at `index` */
    void *context;                            /* of both */
} mortise_statement_list;

typedef struct mortise_plugin_migrator {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] Runs what has not run, under a lock that other processes respect; MORTISE_MIGRATE_… `flags`. Then the
     * schema has every one of the constraints. Has failed when it called a `fault`, whatever it returns. From it may be
     * called: as tagged. */
    mortise_status (*migrate)(void *self, uint32_t flags, const mortise_migration_list *list,
                              const mortise_statement_list *statements, mortise_error *error);
    /* [control] After `configure`, also in a configuration check: whether the list can run on an empty database and
     * leaves a schema as it should be, which takes every one of the statements, has their counts, and has every one of
     * the constraints. Opens no database. Fails as `migrate`. From it may be called: as tagged. */
    mortise_status (*check)(void *self, const mortise_migration_list *list, const mortise_statement_list *statements,
                            mortise_error *error);
    /* [control] `mortised migrate`, with the arguments behind that word: "status", "plan", "up", "down OWNER NUMBER".
     * In a process of its own, after `configure` and without `start`; for all but "status" and "plan" that holds the
     * data lock. Without the usual deadline. Returns the exit code: 0, 1 failed, 64 usage. From it may be called: as
     * tagged. */
    int32_t (*command)(void *self, const mortise_migration_list *list, const mortise_view *arguments,
                       uint32_t argument_count, const mortise_command_session *session);
} mortise_plugin_migrator;

#ifdef __cplusplus
}
#endif

#endif
