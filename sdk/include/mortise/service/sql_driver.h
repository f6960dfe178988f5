/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.sql_driver.mariadb/1, given by the plugin `database-mariadb` and used by the plugin `database`: connections
 * to a database server, and nothing more. The pool, transactions, migrations and what an error means are the user's. A
 * driver for another kind of server is another service, "mortise.sql_driver.KIND/1", of the same table.
 *
 * A session is one connection, used by one thread at a time, whichever it is; different sessions are used at once.
 * What takes `timeout_ms` returns by then, whatever the server or the network does. A session that is late or whose
 * connection broke is LOST: what was sent may run, or have run, on the server; only `forget` and `close` may follow.
 * `fault` is written where the status is MORTISE_ERROR or MORTISE_BUSY; `error` gets its message, in which there is no
 * secret. MORTISE_INVALID: the call itself is wrong, nothing was sent.
 */
#ifndef MORTISE_SERVICE_SQL_DRIVER_H
#define MORTISE_SERVICE_SQL_DRIVER_H

#include <mortise/service/database.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_SQL_DRIVER_MARIADB "mortise.sql_driver.mariadb/1"

/* What a connection is encrypted by. */
/* since 1.0 */
#define MORTISE_SQL_TLS_OFF 0u
#define MORTISE_SQL_TLS_REQUIRED 1u        /* encrypted, the server may be anybody */
#define MORTISE_SQL_TLS_VERIFY_CA 2u       /* the server has a certificate of `ca_file`, or of those of the system */
#define MORTISE_SQL_TLS_VERIFY_IDENTITY 3u /* and it is for `host` */

/* Where a server is, and as whom to connect. All of it is borrowed for the call. */
typedef struct mortise_sql_server {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t port; /* 0: the usual one */
    uint32_t tls;  /* MORTISE_SQL_TLS_…; others are MORTISE_INVALID, and with `socket` all but OFF */
    uint32_t reserved;
    mortise_view host;   /* name or address; empty: by `socket` */
    mortise_view socket; /* path of a Unix socket, in the place of host and port; empty: none */
    mortise_view user;
    mortise_view password; /* a secret */
    mortise_view database;
    mortise_view ca_file; /* PEM; empty: those of the system */
} mortise_sql_server;

/* since 1.0 */
#define MORTISE_SQL_FAULT_LOST 1u /* the session is over */
#define MORTISE_SQL_FAULT_LATE 2u /* because the time was over; always with LOST */

/* What went wrong, as the server or the driver's library calls it. Frozen. */
typedef struct mortise_sql_fault {
    /* since 1.0 */
    uint32_t flags; /* MORTISE_SQL_FAULT_… */
    uint32_t code;  /* 1062; of the library where no server said it: 2013 */
    char state[8];  /* SQLSTATE, five characters and NUL; empty: none */
} mortise_sql_fault;

typedef struct mortise_sql_session mortise_sql_session;
typedef struct mortise_sql_prepared mortise_sql_prepared;

/* May call back before it returns: `run` and `execute`, `row`. */
typedef struct mortise_sql_driver_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] Connects, and sets up nothing: character set, mode and time zone are the user's to set and to check, but
     * for utf8mb4 as the character set of texts and that changed rows are counted by what was matched. `session` is to
     * be closed. MORTISE_OK, MORTISE_BUSY where the time was over, MORTISE_ERROR. */
    mortise_status (*connect)(void *self, const mortise_sql_server *server, uint32_t timeout_ms,
                              mortise_sql_session **session, mortise_sql_fault *fault, mortise_error *error);
    /* [any] Waits for nothing; a transaction that is open is rolled back by the server. Statements that were prepared
     * on it are to be forgotten before. NULL is none. */
    void (*close)(void *self, mortise_sql_session *session);
    /* [any] What the server called itself when it was connected to, "10.11.6-MariaDB-…". Borrowed from the session. */
    mortise_view (*version)(void *self, const mortise_sql_session *session);
    /* [any] Whether the connection was still there a moment ago; sends nothing. 0 or 1. */
    uint32_t (*alive)(void *self, mortise_sql_session *session);
    /* [worker] One statement of any kind, without parameters. Columns come as MORTISE_SQL_TEXT or MORTISE_SQL_NULL;
     * `row` may be NULL. `changed` (may be NULL) gets the number of rows that a write matched, of a statement with
     * columns the number of rows that it returned. MORTISE_OK, MORTISE_BUSY: late, MORTISE_ERROR. */
    mortise_status (*run)(void *self, mortise_sql_session *session, mortise_view sql, uint32_t timeout_ms,
                          mortise_sql_row row, void *context, uint64_t *changed, mortise_sql_fault *fault,
                          mortise_error *error);
    /* [worker] Prepares one statement with '?' parameters. `prepared` is to be forgotten. `column_count` may be 0 of an
     * INSERT or DELETE … RETURNING: its columns are known when it runs. */
    mortise_status (*prepare)(void *self, mortise_sql_session *session, mortise_view sql, uint32_t timeout_ms,
                              mortise_sql_prepared **prepared, uint32_t *parameter_count, uint32_t *column_count,
                              mortise_sql_fault *fault, mortise_error *error);
    /* [any] Waits for nothing. NULL is none. */
    void (*forget)(void *self, mortise_sql_session *session, mortise_sql_prepared *prepared);
    /* [worker], and [loop] with a `timeout_ms` that a loop can afford. Parameters of every kind: DATE_TIME is sent as a
     * DATETIME(3) in UTC, UUID as 16 bytes; what cannot be sent (a DECIMAL of more than 65 digits, a NaN) is
     * MORTISE_INVALID. Columns come by their type: INTEGER (an unsigned one past INT64_MAX is MORTISE_ERROR), NUMBER,
     * DECIMAL, DATE_TIME (of DATETIME and TIMESTAMP; 0000-00-00 is MORTISE_ERROR), UUID (of BINARY(16)), BLOB (of what
     * has no character set), TEXT (also of DATE and TIME). `row` may be NULL; rows are sent to their end also where it
     * returned 0. `changed` as with `run`. */
    mortise_status (*execute)(void *self, mortise_sql_session *session, mortise_sql_prepared *prepared,
                              const mortise_sql_value *parameters, uint32_t parameter_count, uint32_t parameter_size,
                              uint32_t timeout_ms, mortise_sql_row row, void *context, uint64_t *changed,
                              mortise_sql_fault *fault, mortise_error *error);
} mortise_sql_driver_table;

#ifdef __cplusplus
}
#endif

#endif
