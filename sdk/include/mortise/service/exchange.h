/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.exchange/1, given by the host: saying how a request goes on.
 *
 * One terminal call ends a plugin's turn: reply, reply_error, reply_file, end_stream or abandon of a handler or a
 * filter that may reply, resume of a filter that may wait (there or at the response), accept, reject or missing of an
 * authenticator. It records what it is given and returns; the host goes on when the plugin's call has returned. A call
 * with a handle that is not the turn of the caller gets MORTISE_STALE and does nothing, and so does one that comes
 * after the host ended the request (a deadline, a reload, a stop), which ends the turn all the same. A second terminal
 * call in one turn makes the response a 500.
 *
 * A terminal call that is MORTISE_INVALID (struct_size, flag, argument) did nothing: the turn is still the caller's,
 * and so is what it would have handed over (`release`, a descriptor). One that is MORTISE_REFUSED has ended the turn:
 * the reply breaks a rule, the client gets 500, and the log names the plugin. May call back before they return: reply,
 * reply_file and begin_stream the `release` that they were given, where its body is copied or not wanted.
 */
#ifndef MORTISE_SERVICE_EXCHANGE_H
#define MORTISE_SERVICE_EXCHANGE_H

#include <mortise/abi/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_EXCHANGE_SERVICE "mortise.exchange/1"

/* since 1.0 */
#define MORTISE_REPLY_JSON 1u     /* the body is JSON: the host sets Content-Type */
#define MORTISE_REPLY_NO_STORE 2u /* adds Cache-Control: no-store */

typedef struct mortise_reply {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t status; /* 200-599 */
    uint32_t flags;  /* MORTISE_REPLY_ …; unknown ones are MORTISE_INVALID */
    uint32_t field_count;
    const mortise_field *fields; /* checked per reply; refused are framing fields (Content-Length, Connection,
                                  * …) and, repeated here or beside the block, those that may stand only once */
    uint64_t header_block;       /* from declare_header_block; 0 for none, one of somebody else is MORTISE_INVALID */
    mortise_view content_type;   /* empty: none, or JSON by flag */
    mortise_view body;           /* copied, unless `release` is set */
    /* [any] Called exactly once when the host needs `body` no longer: its last byte is with the kernel, the connection
     * was cut, nothing of it is sent (HEAD, replaced by a filter, REFUSED, STALE), or, before the instance's `stop`, it
     * was copied. Not called after MORTISE_INVALID. NULL: `body` is copied before the call returns. */
    void (*release)(void *release_context);
    void *release_context;
} mortise_reply;

/* A regular file, or a part of one, as the body of a response. */
typedef struct mortise_file {
    /* since 1.0 */
    uint32_t struct_size;
    int32_t descriptor; /* open for reading; the host's unless the call is MORTISE_INVALID, and then it closes it */
    uint64_t offset;    /* bytes; the descriptor's own position does not count */
    uint64_t length;    /* bytes; a file that turns out shorter cuts the connection */
} mortise_file;

/* One failed check. Element of an array with a stride. */
typedef struct mortise_error_detail {
    /* since 1.0 */
    mortise_view in;      /* body, query, path, header or cookie */
    mortise_view path;    /* JSON pointer */
    mortise_view code;    /* schema keyword or the plugin's own word */
    mortise_view message; /* "must be a valid email" */
} mortise_error_detail;

/* An error response, written by the host in its one shape. */
typedef struct mortise_error_reply {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t status;      /* 400-599 */
    mortise_view message; /* what the client reads; of a 500 it is logged, and sent in development mode only */
    const mortise_field *fields;
    const mortise_error_detail *details;
    uint32_t field_count;
    uint32_t detail_count;
    uint32_t detail_size; /* the stride of details */
    uint32_t reserved;
    mortise_view code; /* what went wrong, for programs: at most 64 of a-z, 0-9 and '_'; empty: the status says it */
} mortise_error_reply;

/* Code of a 503 after which nobody knows whether the request was carried out: it has no Retry-After, for asking again
 * may do it twice. */
/* since 1.0 */
#define MORTISE_CODE_OUTCOME_UNKNOWN "outcome_unknown"

/* Memory of the host to write a body into. Frozen. */
typedef struct mortise_buffer {
    /* since 1.0 */
    char *data;
    uint64_t capacity; /* bytes, at least what was asked for */
} mortise_buffer;

/* Where a request stands in a trace (W3C Trace Context, level 1). Frozen. */
typedef struct mortise_trace {
    /* since 1.0 */
    mortise_view state;   /* tracestate, several fields joined by commas; empty: none, or an invalid one. Borrowed like
                           * everything of the request */
    uint8_t trace_id[16]; /* the caller's; made by the host where none, an invalid one or several were stated */
    uint8_t parent_id[8]; /* the caller's own part of the trace; zeros where the trace begins here */
    uint8_t span_id[8];   /* this request, made by the host: what requests made for it state as their parent */
    uint32_t flags;       /* MORTISE_TRACE_… */
    uint32_t reserved;
    char traceparent[56]; /* for the field of requests that are made for this one: 55 characters and a zero */
} mortise_trace;

/* since 1.0 */
#define MORTISE_TRACE_SAMPLED 1u /* the caller may have recorded its part */

typedef struct mortise_exchange_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Terminal: MORTISE_OK, MORTISE_STALE, MORTISE_INVALID or MORTISE_REFUSED. */
    mortise_status (*reply)(void *self, mortise_exchange exchange, const mortise_reply *reply);
    /* [any] Terminal. As reply. */
    mortise_status (*reply_error)(void *self, mortise_exchange exchange, const mortise_error_reply *reply);
    /* [any] Terminal, of every turn: the plugin cannot say how the request goes on; the client gets 500. */
    mortise_status (*abandon)(void *self, mortise_exchange exchange);
    /* [any] Starts a response of unknown length; `body` of the reply is its first part. The turn stays open until
     * end_stream and the return of the call, but where this is MORTISE_REFUSED: then nothing was begun. Of a handler
     * only. */
    mortise_status (*begin_stream)(void *self, mortise_exchange exchange, const mortise_reply *reply);
    /* [worker] Copies `data` into the response; waits, bounded by server.write_timeout, while too much is waiting for
     * the client. May call back before it returns: the transformer of a filter, from which it is MORTISE_INVALID.
     * MORTISE_BUSY: that limit passed, nothing was taken. MORTISE_STALE: the client is gone; nothing more
     * is taken, and end_stream is still owed. */
    mortise_status (*write)(void *self, mortise_exchange exchange, mortise_view data);
    /* [any] Terminal. `complete` 0 cuts the connection, so that the client sees a broken response. May call back before
     * it returns: the transformer of a filter. */
    mortise_status (*end_stream)(void *self, mortise_exchange exchange, uint32_t complete);
    /* [any] 1 when the client is gone or the request has ended; for any handle of the request. Only informs: the turn
     * is still the plugin's, it may commit what it does, and its reply is dropped with MORTISE_OK. */
    uint32_t (*cancelled)(void *self, mortise_exchange exchange);
    /* [any] Terminal, of a filter whose on_request or on_respond returned MORTISE_PENDING: MORTISE_OK to continue,
     * anything else is a 500. */
    mortise_status (*resume)(void *self, mortise_exchange exchange, mortise_status outcome);
    /* [control] In configure: checks constant fields once; replies then carry them at no cost. */
    mortise_status (*declare_header_block)(void *self, const mortise_field *fields, uint32_t field_count,
                                           uint64_t *header_block, mortise_error *error);
    /* [any] Terminal. As reply, with bytes of a file in the place of `reply->body`, which must be empty. They go from
     * the kernel's cache to the socket; filters see their number, not the bytes. */
    mortise_status (*reply_file)(void *self, mortise_exchange exchange, const mortise_reply *reply,
                                 const mortise_file *file);
    /* [any] Takes the right to end the request from the host, as the last step before a COMMIT. MORTISE_OK, also when
     * this turn has it already: from here on no deadline and no reload responds in the plugin's place, and a terminal
     * call is owed whatever becomes of the commit. MORTISE_STALE: the host has responded; roll back. */
    mortise_status (*begin_commit)(void *self, mortise_exchange exchange);
    /* [any] Terminal, of an authenticator: the caller is `principal`, which is copied. */
    mortise_status (*accept)(void *self, mortise_exchange exchange, const mortise_principal *principal);
    /* [any] Terminal, of an authenticator: a credential was offered and is not good: 401 with `message`; `challenge` is
     * the value of WWW-Authenticate, when empty that of RFC 6750: Bearer error="invalid_token". Both copied. */
    mortise_status (*reject)(void *self, mortise_exchange exchange, mortise_view message, mortise_view challenge);
    /* [any] Terminal, of an authenticator: no credential was offered. Nobody where the route's need is optional, else
     * as reject; an empty `challenge` is Bearer. */
    mortise_status (*missing)(void *self, mortise_exchange exchange, mortise_view message, mortise_view challenge);
    /* [any] Lends memory for the body of this turn's reply, once a turn: a reply whose `body` begins at buffer->data is
     * not copied. It is the host's again with the terminal call. MORTISE_BUSY: there is none now; reply with other
     * memory. */
    mortise_status (*lend)(void *self, mortise_exchange exchange, uint64_t capacity, mortise_buffer *buffer);
    /* [any] Milliseconds until the request's deadline (server.request_timeout), for any handle of the request; 0 from
     * there on and when the host has ended it; UINT64_MAX while its response is streamed, which has no such deadline.
     * Nothing that is done for the request should wait longer: at the deadline the host responds, or, after begin_commit, the
     * plugin owes its own 503 unless it has committed. */
    uint64_t (*time_left)(void *self, mortise_exchange exchange);
    /* [any] While `exchange` is the caller's open turn: calls on the loop of the request, each at most once and each
     * may be NULL: `on_cancelled` when the client is gone or the host ends the request, `on_ended` when its response is
     * out or there will be none. `release` follows on_ended, once, on the loop, whether or not anything was called.
     * MORTISE_STALE: not the turn, or the request has ended already; MORTISE_BUSY: it has
     * 64 of them: nothing is kept. Does not call back before it returns. From on_cancelled and on_ended may be called:
     * what is [loop] or [any]. */
    mortise_status (*watch)(void *self, mortise_exchange exchange, void (*on_cancelled)(void *context),
                            void (*on_ended)(void *context), void *context, void (*release)(void *context));
    /* [any] Where the request stands in a trace, for any handle of it; the same whoever asks, and when. MORTISE_STALE:
     * the request is over. Ids are made when they are asked for. */
    mortise_status (*trace)(void *self, mortise_exchange exchange, mortise_trace *trace);
    /* [any] A number of the request, the same for any handle of it, that no other request of this process has or had;
     * 0: it is over. */
    uint64_t (*number)(void *self, mortise_exchange exchange);
} mortise_exchange_table;

#ifdef __cplusplus
}
#endif

#endif
