/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.database/1 (draft: may still change), given by the plugin `database`: SQL with bound parameters.
 *
 * Statements are known by number: `statement` registers a text once, every connection prepares it once. A number
 * belongs to the instance that registered it, 0 is none, and any other is MORTISE_INVALID. Reads run on the calling
 * thread's own reader; writes run in a transaction of the one writer. A read sees every write that was acknowledged
 * before it began.
 */
#ifndef MORTISE_SERVICE_DRAFT_DATABASE_H
#define MORTISE_SERVICE_DRAFT_DATABASE_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_DATABASE_SERVICE "mortise.database/1"

/* since 1.0 */
#define MORTISE_SQL_NULL 0u
#define MORTISE_SQL_INTEGER 1u
#define MORTISE_SQL_NUMBER 2u
#define MORTISE_SQL_TEXT 3u
#define MORTISE_SQL_BLOB 4u

/* A parameter or a column. Element of an array with a stride. */
typedef struct mortise_sql_value {
    /* since 1.0 */
    uint32_t kind;
    uint32_t reserved;
    int64_t integer;
    double number;
    mortise_view text; /* TEXT and BLOB */
} mortise_sql_value;

/* [worker] or [loop] The thread of the read. One row; columns are borrowed for the call. Returns 1 to go on, 0 to stop.
 * Must not call the database; from it may be called everything else that the reader may. */
typedef uint32_t (*mortise_sql_row)(void *context, const mortise_sql_value *columns, uint32_t column_count,
                                    uint32_t column_size);

typedef struct mortise_sql_transaction mortise_sql_transaction;

typedef struct mortise_database_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] From `start` on (the schema exists then): registers a statement with '?' parameters. Equal texts of one
     * instance share a number, which is never 0. MORTISE_ERROR: the database does not accept it. */
    mortise_status (*statement)(void *self, mortise_view sql, uint32_t *number, mortise_error *error);
    /* [worker], and [loop] where mortise.plugin.placement/1 says so. MORTISE_OK; MORTISE_BUSY: on a loop, the short
     * busy limit passed: try again on a worker; MORTISE_INVALID: the statement is not the caller's; MORTISE_ERROR.
     * `row` may be NULL. May call back before it returns: `row`. */
    mortise_status (*read)(void *self, uint32_t statement, const mortise_sql_value *parameters,
                           uint32_t parameter_count, uint32_t parameter_size, mortise_sql_row row, void *context,
                           mortise_error *error);
    /* [worker] Runs `body` inside BEGIN IMMEDIATE … COMMIT, on behalf of the request whose turn `turn` is; 0: of none.
     * Commits when it returns MORTISE_OK, and is durable then; rolls back and returns its status otherwise. As the last
     * step before COMMIT the provider calls mortise.exchange/1 begin_commit(turn), for each member of a group commit;
     * MORTISE_STALE rolls that member back and is what transact returns: what the host has answered in the plugin's
     * place is never stored afterwards. MORTISE_BUSY: the bounded wait for the writer or the request's deadline passed;
     * nothing was stored. `body` may be called again, before that deadline, after a deadlock that the database
     * resolved; begin_commit then comes again, too. Called inside a body, on its thread, it joins that transaction:
     * rolled back alone, durable with the outer one, whose turn counts. May call back before it returns: `body`, from
     * which may be called everything that is [worker] or [any]. */
    mortise_status (*transact)(void *self, mortise_exchange turn,
                               mortise_status (*body)(void *context, mortise_sql_transaction *transaction,
                                                      mortise_error *error),
                               void *context, mortise_error *error);
    /* [worker] Inside `body`. `changed` (may be NULL) gets the number of rows changed. MORTISE_CONFLICT: unique
     * constraint; MORTISE_INVALID: the statement is not the caller's. May call back before it returns: `row`. */
    mortise_status (*execute)(void *self, mortise_sql_transaction *transaction, uint32_t statement,
                              const mortise_sql_value *parameters, uint32_t parameter_count, uint32_t parameter_size,
                              mortise_sql_row row, void *context, uint64_t *changed, mortise_error *error);
    /* [any] A number that changes with every commit that this process or another one makes; read inside the same
     * snapshot as the reads around it. For caches of exact totals. */
    mortise_status (*data_version)(void *self, uint64_t *version, mortise_error *error);
} mortise_database_table;

#ifdef __cplusplus
}
#endif

#endif
