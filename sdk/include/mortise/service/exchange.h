/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.exchange/1, given by the host: saying how a request goes on.
 *
 * One terminal call ends a plugin's turn: reply, reply_error, reply_file, end_stream or abandon of a handler or a filter that
 * may reply, resume of a filter that may wait, accept, reject or missing of an authenticator. It records what it is given and
 * returns; the host goes on when the plugin's call has returned. A call with a handle that is not the turn of the caller gets
 * MORTISE_STALE and does nothing, and so does one that comes after the host ended the request (a deadline, a reload, a stop),
 * which ends the turn all the same. A second terminal call in one turn makes the response a 500.
 */
#ifndef MORTISE_SERVICE_EXCHANGE_H
#define MORTISE_SERVICE_EXCHANGE_H

#include <mortise/abi/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_EXCHANGE_SERVICE "mortise.exchange/1"

#define MORTISE_REPLY_JSON 1u     /* the body is JSON: the host sets Content-Type */
#define MORTISE_REPLY_NO_STORE 2u /* adds Cache-Control: no-store */

typedef struct mortise_reply {
    uint32_t struct_size;
    uint32_t status;      /* 200-599 */
    uint32_t flags;       /* MORTISE_REPLY_ … */
    uint32_t field_count;
    const mortise_field *fields; /* checked per reply; refused are framing fields (Content-Length, Connection,
                                  * …) and, repeated here or beside the block, those that may stand only once */
    uint64_t header_block;       /* from declare_header_block; 0 for none */
    mortise_view content_type;   /* empty: none, or JSON by flag */
    mortise_view body;           /* copied, unless `release` is set */
    /* [any] Called exactly once when the host needs `body` no longer: its last byte is with the kernel, the connection was
     * cut, nothing of it is sent (HEAD, replaced by a filter, refused, STALE), or, before the instance's `stop`, it was copied.
     * NULL: `body` is copied before the call returns. */
    void (*release)(void *release_context);
    void *release_context;
} mortise_reply;

/* A regular file, or a part of one, as the body of an answer. */
typedef struct mortise_file {
    uint32_t struct_size;
    int32_t descriptor; /* open for reading; the host's from the call on, which closes it whatever becomes of the reply */
    uint64_t offset;    /* bytes; the descriptor's own position does not count */
    uint64_t length;    /* bytes; a file that turns out shorter cuts the connection */
} mortise_file;

/* One failed check. Frozen stride. */
typedef struct mortise_error_detail {
    mortise_view in;      /* body, query, path, header or cookie */
    mortise_view path;    /* JSON pointer */
    mortise_view code;    /* schema keyword or the plugin's own word */
    mortise_view message; /* "must be a valid email" */
} mortise_error_detail;

/* An error answer, written by the host in its one shape. */
typedef struct mortise_error_reply {
    uint32_t struct_size;
    uint32_t status;       /* 400-599 */
    uint32_t field_count;
    uint32_t detail_count;
    mortise_view sentence; /* what the client reads; of a 500 it is logged, and told only in development mode */
    const mortise_field *fields;
    const mortise_error_detail *details;
} mortise_error_reply;

/* Memory of the host to write a body into. */
typedef struct mortise_buffer {
    uint32_t struct_size;
    uint32_t reserved;
    char *data;
    uint64_t capacity; /* bytes, at least what was asked for */
} mortise_buffer;

typedef struct mortise_exchange_table {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Terminal. MORTISE_INVALID: the reply breaks a rule; the client got 500 and the log names the plugin. */
    mortise_status (*reply)(void *self, mortise_exchange exchange, const mortise_reply *reply);
    /* [any] Terminal. */
    mortise_status (*reply_error)(void *self, mortise_exchange exchange, const mortise_error_reply *reply);
    /* [any] Terminal: the plugin cannot answer; the client gets 500. */
    mortise_status (*abandon)(void *self, mortise_exchange exchange);
    /* [any] Starts a response of unknown length; `body` of the reply is its first part. The turn stays open until end_stream
     * and the return of the call. */
    mortise_status (*begin_stream)(void *self, mortise_exchange exchange, const mortise_reply *reply);
    /* [worker] Copies `data` into the answer; waits, bounded by server.write_timeout, while too much is waiting for the
     * client. MORTISE_BUSY: that limit passed, nothing was taken. MORTISE_STALE: the client is gone; nothing more is
     * taken, and end_stream is still owed. */
    mortise_status (*write)(void *self, mortise_exchange exchange, mortise_view data);
    /* [any] Terminal. `complete` 0 cuts the connection, so that the client sees a broken answer. */
    mortise_status (*end_stream)(void *self, mortise_exchange exchange, uint32_t complete);
    /* [any] 1 when the client is gone or the request has ended; for any handle of the request. Only informs: the turn is
     * still the plugin's, it may commit what it does, and its reply is dropped with MORTISE_OK. */
    uint32_t (*cancelled)(void *self, mortise_exchange exchange);
    /* [any] Terminal, of a filter that returned MORTISE_PENDING: MORTISE_OK to continue, anything else is a 500. */
    mortise_status (*resume)(void *self, mortise_exchange exchange, mortise_status outcome);
    /* [control] In configure: checks constant fields once; replies then carry them at no cost. */
    mortise_status (*declare_header_block)(void *self, const mortise_field *fields, uint32_t field_count,
                                           uint64_t *header_block, mortise_error *error);
    /* [any] Terminal. As reply, with bytes of a file in the place of `reply->body`, which must be empty. They go from the
     * kernel's cache to the socket; filters see their number, not the bytes. */
    mortise_status (*reply_file)(void *self, mortise_exchange exchange, const mortise_reply *reply,
                                 const mortise_file *file);
    /* [any] Takes the right to end the request from the host, as the last step before a COMMIT. MORTISE_OK, also when this
     * turn has it already: from here on no deadline and no reload answers in the plugin's place, and a terminal call is owed
     * whatever becomes of the commit. MORTISE_STALE: the host has answered; roll back. */
    mortise_status (*begin_commit)(void *self, mortise_exchange exchange);
    /* [any] Terminal, of an authenticator: the caller is `principal`, which is copied. */
    mortise_status (*accept)(void *self, mortise_exchange exchange, const mortise_principal *principal);
    /* [any] Terminal, of an authenticator: a credential was offered and is not good: 401 with `message`; `challenge` is the
     * value of WWW-Authenticate, when empty that of RFC 6750: Bearer error="invalid_token". Both copied. */
    mortise_status (*reject)(void *self, mortise_exchange exchange, mortise_view message, mortise_view challenge);
    /* [any] Terminal, of an authenticator: no credential was offered. Nobody where the route's need is optional, else as
     * reject; an empty `challenge` is Bearer. */
    mortise_status (*missing)(void *self, mortise_exchange exchange, mortise_view message, mortise_view challenge);
    /* [any] Lends memory for the body of this turn's reply, once a turn: a reply whose `body` begins at buffer->data is not
     * copied. It is the host's again with the terminal call. MORTISE_BUSY: there is none now; reply with other memory. */
    mortise_status (*lend)(void *self, mortise_exchange exchange, uint64_t capacity, mortise_buffer *buffer);
    /* [any] Milliseconds until the request's deadline (server.request_timeout), for any handle of the request; 0 from there
     * on and when the host has ended it; UINT64_MAX while its response is streamed, which has no such deadline. Nothing
     * that is done for the request should wait longer: past it the host responds, or, after begin_commit, the plugin owes
     * its own 503 unless it has committed. */
    uint64_t (*time_left)(void *self, mortise_exchange exchange);
} mortise_exchange_table;

#ifdef __cplusplus
}
#endif

#endif
