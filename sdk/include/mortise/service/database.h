/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.database/1, given by the plugin `database`: SQL with bound parameters; and the extension
 * mortise.plugin.statements/1, by which a plugin says which statements it will run, and on which constraints of the
 * schema it relies.
 *
 * Statements are known by number: `statement` registers a text once, every connection prepares it once. A number
 * belongs to the instance that registered it, 0 is none, and any other is MORTISE_INVALID. Reads run on the calling
 * thread's own reader; writes run in a transaction. A read sees every write that was acknowledged before it began.
 *
 * `turn` is the request on whose behalf something is done, 0: of none; transactions of none let those of requests go
 * first, for a bounded time. A read looks at no more of it than its deadline and its id, for the log. `failure`, which
 * may be NULL, is written where the status is MORTISE_CONFLICT, MORTISE_BUSY or MORTISE_ERROR.
 */
#ifndef MORTISE_SERVICE_DATABASE_H
#define MORTISE_SERVICE_DATABASE_H

#include <mortise/abi/types.h>
#include <mortise/service/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_DATABASE_SERVICE "mortise.database/1"
#define MORTISE_STATEMENTS_EXTENSION "mortise.plugin.statements/1"

/* Kinds of values. A column comes as what the database stores: SQLite keeps DECIMAL and UUID as TEXT and DATE_TIME as
 * INTEGER, so readers accept both. */
/* since 1.0 */
#define MORTISE_SQL_NULL 0u
#define MORTISE_SQL_INTEGER 1u
#define MORTISE_SQL_NUMBER 2u
#define MORTISE_SQL_TEXT 3u
#define MORTISE_SQL_BLOB 4u
#define MORTISE_SQL_DECIMAL 5u   /* in `text`: "-12.50" */
#define MORTISE_SQL_DATE_TIME 6u /* in `integer`: milliseconds of Unix time */
#define MORTISE_SQL_UUID 7u      /* in `text`: 36 characters, lower case */

/* since 1.0 */
#define MORTISE_SQL_DIALECT_SQLITE 1u
#define MORTISE_SQL_DIALECT_MARIADB 2u

/* A parameter or a column. Element of an array with a stride. */
typedef struct mortise_sql_value {
    /* since 1.0 */
    uint32_t kind;
    uint32_t reserved;
    int64_t integer;
    double number;
    mortise_view text; /* TEXT, BLOB, DECIMAL, UUID */
} mortise_sql_value;

/* since 1.0 */
#define MORTISE_SQL_COUNTED 1u /* parameter_count and column_count are what the text must have */
/* A SELECT whose rows are locked until the transaction ends, where the database can; `execute` only. The provider
 * writes it in its database's words. */
#define MORTISE_SQL_FOR_UPDATE 2u

/* A statement with '?' parameters. Element of an array with a stride. */
typedef struct mortise_sql_statement {
    /* since 1.0 */
    uint32_t flags; /* MORTISE_SQL_COUNTED, MORTISE_SQL_FOR_UPDATE; others are MORTISE_INVALID */
    uint32_t parameter_count;
    uint32_t column_count;
    uint32_t dialect;   /* MORTISE_SQL_DIALECT_…: of databases of that one only; 0: of all, always in `statement` */
    mortise_view owner; /* the instance that declares it; filled by the host, empty in `statement` */
    mortise_view name;  /* "users.byEmail": for logs and counters; empty: the text, shortened */
    mortise_view database; /* empty: main, any other is MORTISE_INVALID */
    mortise_view sql;
} mortise_sql_statement;

/* Kinds of constraints. What the schema has is to be: */
/* since 1.0 */
#define MORTISE_SQL_CONSTRAINT_PRIMARY_KEY 1u /* the primary key, of exactly these columns in any order */
#define MORTISE_SQL_CONSTRAINT_UNIQUE 2u      /* a unique key of exactly these in any order, called `name` if given */
#define MORTISE_SQL_CONSTRAINT_INDEX 3u       /* an index or a key that begins with these in this order */
#define MORTISE_SQL_CONSTRAINT_FOREIGN_KEY 4u /* a foreign key of these to those of another table */
#define MORTISE_SQL_CONSTRAINT_ONLY_UNIQUE 5u /* no unique key beside the primary key but one of exactly these */
#define MORTISE_SQL_CONSTRAINT_VALUES 6u /* a type, where there is such a column, that keeps `value_kind` as it is */

/* What a plugin takes for granted of a table, which the schema must have. Element of an array with a stride. */
typedef struct mortise_sql_constraint {
    /* since 1.0 */
    uint32_t kind;         /* MORTISE_SQL_CONSTRAINT_…; others are MORTISE_INVALID */
    uint32_t column_count; /* at least 1 */
    mortise_view owner;    /* the instance that declares it; filled by the host */
    mortise_view table;
    mortise_view name; /* UNIQUE; empty: whatever it is called */
    const mortise_view *columns;
    mortise_view foreign_table;          /* FOREIGN_KEY */
    const mortise_view *foreign_columns; /* FOREIGN_KEY: column_count of them; else NULL */
    uint32_t value_kind;                 /* VALUES: MORTISE_SQL_INTEGER…, of each column; else 0 */
    uint32_t reserved;
} mortise_sql_constraint;

/* Read once after `configure`; lives as long as the instance. */
typedef struct mortise_plugin_statements {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t statement_count;
    uint32_t statement_size; /* stride */
    uint32_t constraint_count;
    uint32_t constraint_size; /* stride */
    uint32_t reserved;
    const mortise_sql_statement *statements;
    const mortise_sql_constraint *constraints;
} mortise_plugin_statements;

/* Why a call failed, by the status that it comes with; one that is not known is OTHER. */
/* since 1.0 */
#define MORTISE_SQL_FAILURE_OTHER 0u       /* any */
#define MORTISE_SQL_FAILURE_UNIQUE 1u      /* CONFLICT: a unique or primary key */
#define MORTISE_SQL_FAILURE_FOREIGN_KEY 2u /* ERROR, as all below but three */
#define MORTISE_SQL_FAILURE_NOT_NULL 3u
#define MORTISE_SQL_FAILURE_CHECK 4u
#define MORTISE_SQL_FAILURE_TOO_LONG 5u
#define MORTISE_SQL_FAILURE_DEADLOCK 6u /* BUSY: the database resolved it at this transaction's expense */
#define MORTISE_SQL_FAILURE_BUSY 7u     /* BUSY: a bounded wait passed */
#define MORTISE_SQL_FAILURE_READ_ONLY 8u
#define MORTISE_SQL_FAILURE_LOST 9u /* BUSY: the database went away, or the transaction did, before COMMIT */
#define MORTISE_SQL_FAILURE_UNKNOWN_OUTCOME 10u /* nobody knows whether it was committed */
#define MORTISE_SQL_FAILURE_FULL 11u
#define MORTISE_SQL_FAILURE_CORRUPT 12u

/* Written by the provider. Frozen. */
typedef struct mortise_sql_failure {
    /* since 1.0 */
    uint32_t kind; /* MORTISE_SQL_FAILURE_… */
    uint32_t name_length;
    /* UNIQUE, FOREIGN_KEY, CHECK: the constraint as declared, or where a unique one was declared without a name its
     * "table.column"; NOT_NULL, TOO_LONG: "table.column". Empty: not known. Cut at its size. */
    char name[128];
} mortise_sql_failure;

/* A response as `respond` keeps it: one of both, or none for a response that cannot be kept (a file, one that comes
 * later). Borrowed until the body runs again or `respond` returns. Frozen. */
typedef struct mortise_sql_response {
    /* since 1.0 */
    const mortise_reply *reply;
    const mortise_error_reply *error;
} mortise_sql_response;

/* [worker] or [loop] The thread of the read. One row; columns are borrowed for the call. Returns 1 to go on, 0 to stop.
 * From it may be called: as the caller, but not the database. */
typedef uint32_t (*mortise_sql_row)(void *context, const mortise_sql_value *columns, uint32_t column_count,
                                    uint32_t column_size);

typedef struct mortise_sql_transaction mortise_sql_transaction;

/* [worker] The thread of the caller. MORTISE_OK commits, any other status rolls back. What a call inside of it came to
 * is handed on in `failure` and `error`. From it may be called: what is [worker] or [any]. */
typedef mortise_status (*mortise_sql_body)(void *context, mortise_sql_transaction *transaction,
                                           mortise_sql_failure *failure, mortise_error *error);
/* [worker] As mortise_sql_body; also writes the response to the request. From it may be called: what is [worker] or
 * [any]. */
typedef mortise_status (*mortise_sql_response_body)(void *context, mortise_sql_transaction *transaction,
                                                    mortise_sql_response *response, mortise_sql_failure *failure,
                                                    mortise_error *error);

/* [worker] or [loop] The thread of the caller, once. What it returns is what `snapshot` returns. From it may be called:
 * as the caller. */
typedef mortise_status (*mortise_sql_snapshot_body)(void *context);

typedef struct mortise_database_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] From `start` on (the schema exists then): registers a statement. Equal ones of one instance share a number,
     * which is never 0. Prepared and counted at once where the database is there, else before it is first run.
     * MORTISE_BUSY: on a loop, and nobody has registered that text yet: try again on a worker; MORTISE_INVALID: flags,
     * database or counts, or the text is not one statement; MORTISE_ERROR: the database does not accept it, or there
     * are as many statements as it has room for. */
    mortise_status (*statement)(void *self, const mortise_sql_statement *statement, uint32_t statement_size,
                                uint32_t *number, mortise_error *error);
    /* [worker], and [loop] where mortise.plugin.placement/1 says so. MORTISE_OK; MORTISE_BUSY: on a loop, the short
     * busy limit passed: try again on a worker; MORTISE_INVALID: the statement is not the caller's, or writes or locks;
     * MORTISE_ERROR. `row` may be NULL. On behalf of the request in whose body of `transact` or `respond` this thread is
     * it is of that transaction, and sees what that wrote; of any other, and of none, it is beside it. May call back
     * before it returns: `row`. */
    mortise_status (*read)(void *self, mortise_exchange turn, uint32_t statement, const mortise_sql_value *parameters,
                           uint32_t parameter_count, uint32_t parameter_size, mortise_sql_row row, void *context,
                           mortise_sql_failure *failure, mortise_error *error);
    /* [worker] Runs `body` inside a transaction that may write, on behalf of the request whose turn `turn` is. Commits
     * when it returns MORTISE_OK, and is durable then; rolls back and returns its status otherwise. As the last step
     * before COMMIT the provider calls mortise.exchange/1 begin_commit(turn), for each member of a group commit;
     * MORTISE_STALE rolls that member back and is what transact returns: what the host has answered in the plugin's
     * place is never stored afterwards. MORTISE_BUSY: the bounded wait for the writer or the request's deadline passed,
     * or every run failed; nothing was stored. `flags` is 0.
     *
     * After DEADLOCK, after BUSY at the begin and after LOST before COMMIT `body` runs again, whatever it returned: at
     * most 3 times in all, after a short random wait, within the request's deadline; begin_commit then comes again,
     * too. Called inside a body, on its thread, it joins that transaction: rolled back alone, durable with the outer
     * one, whose turn counts. It does not run again alone: after such a failure every call of the transaction fails,
     * and the outer body runs again. May call back before it returns: `body`. */
    mortise_status (*transact)(void *self, mortise_exchange turn, uint32_t flags, mortise_sql_body body, void *context,
                               mortise_sql_failure *failure, mortise_error *error);
    /* [worker] As transact. What was contributed to mortise.response_keeper/1 keeps the response that `body` writes in
     * the same transaction. The caller sends it after MORTISE_OK. `turn` is a request's. May call back before it
     * returns: `body`, and `keep` of the contributions. */
    mortise_status (*respond)(void *self, mortise_exchange turn, mortise_sql_response_body body, void *context,
                              mortise_sql_failure *failure, mortise_error *error);
    /* [worker] Inside `body`. `changed` (may be NULL) gets the number of rows that a write matched, whether or not it
     * changed their values. MORTISE_CONFLICT: unique constraint; MORTISE_INVALID: the statement is not the caller's, or
     * the transaction not the one whose body runs on this thread. May call back before it returns: `row`. */
    mortise_status (*execute)(void *self, mortise_sql_transaction *transaction, uint32_t statement,
                              const mortise_sql_value *parameters, uint32_t parameter_count, uint32_t parameter_size,
                              mortise_sql_row row, void *context, uint64_t *changed, mortise_sql_failure *failure,
                              mortise_error *error);
    /* [any] A number that changes with every commit that this process or another one makes; read inside the same
     * snapshot as the reads around it. For caches of exact totals. 0: this database does not know. */
    mortise_status (*data_version)(void *self, uint64_t *version, mortise_error *error);
    /* [any] MORTISE_SQL_DIALECT_…, one for the whole life of the instance. */
    uint32_t (*dialect)(void *self);
    /* [worker], and [loop] where mortise.plugin.placement/1 says so. What this thread reads within `body`, by whoever's
     * statements and within other snapshots, is of one state, which shows every write that was acknowledged before
     * snapshot was called; data_version does not change. Not a transaction: `transact` and `respond` are
     * MORTISE_INVALID within `body`, but a body of theirs may take a snapshot, which shows nothing of its transaction.
     * Short, for it holds a connection and what the database keeps for it. MORTISE_UNSUPPORTED: this database cannot;
     * MORTISE_BUSY: as of read, or the bounded wait for a connection or the request's deadline passed; `body` was not
     * run. May call back before it returns: `body`. */
    mortise_status (*snapshot)(void *self, mortise_exchange turn, mortise_sql_snapshot_body body, void *context,
                               mortise_sql_failure *failure, mortise_error *error);
} mortise_database_table;

/* Extension point of whoever gives mortise.database/1 (see contributions.h): what keeps responses. */
/* since 1.0 */
#define MORTISE_RESPONSE_KEEPER_POINT "mortise.response_keeper/1"

typedef struct mortise_response_keeper_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] Of a `respond` in the generation that this was contributed to: on its thread, after each successful run
     * of its body, once the turn is claimed. `turn` and `response` are the caller's. Anything but MORTISE_OK rolls back
     * and is what `respond` returns. From it may be called: what is [worker] or [any]; `transact` of
     * mortise.database/1 joins the transaction. */
    mortise_status (*keep)(void *self, mortise_exchange turn, const mortise_sql_response *response,
                           mortise_sql_failure *failure, mortise_error *error);
    /* [worker] On the same thread, after a commit of what `keep` took part in whose outcome is not known: writes to
     * `kept` whether it came true, 1, or came to nothing and will for ever, 0. Waits for a transaction that has not
     * ended. Anything but MORTISE_OK: that is not known here either. Null: it never is. From it may be called: what is
     * [worker] or [any]. */
    mortise_status (*was_kept)(void *self, mortise_exchange turn, uint32_t *kept, mortise_error *error);
} mortise_response_keeper_table;

#ifdef __cplusplus
}
#endif

#endif
