/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.exchange/1, given by the host: answering requests.
 *
 * One terminal call ends an exchange: reply, reply_error, end_stream or abandon. A second one, or one that comes after
 * the host ended the exchange, gets MORTISE_STALE and does nothing. No view of the request is touched once the call began.
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
    const mortise_field *fields; /* checked per reply; framing fields (Content-Length, Connection, …) are refused */
    uint64_t header_block;       /* from declare_header_block; 0 for none */
    mortise_view content_type;   /* empty: none, or JSON by flag */
    mortise_view body;           /* copied, unless `release` is set */
    /* [any] Called exactly once when the host needs `body` no longer, also when the reply is refused. NULL: copied. */
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

typedef struct mortise_exchange_table {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Terminal. MORTISE_INVALID: the reply breaks a rule; the client got 500 and the log names the plugin. */
    mortise_status (*reply)(void *self, mortise_exchange exchange, const mortise_reply *reply);
    /* [any] Terminal. */
    mortise_status (*reply_error)(void *self, mortise_exchange exchange, const mortise_error_reply *reply);
    /* [any] Terminal: the plugin cannot answer; the client gets 500. */
    mortise_status (*abandon)(void *self, mortise_exchange exchange);
    /* [any] Starts an answer of unknown length; `body` of the reply is its first part. */
    mortise_status (*begin_stream)(void *self, mortise_exchange exchange, const mortise_reply *reply);
    /* [worker] Copies `data` into the answer; waits, bounded by server.write_timeout, while too much is waiting for the
     * client. MORTISE_BUSY: that limit passed, nothing was taken. MORTISE_STALE: the client is gone; nothing more is
     * taken, and end_stream is still owed. */
    mortise_status (*write)(void *self, mortise_exchange exchange, mortise_view data);
    /* [any] Terminal. `complete` 0 cuts the connection, so that the client sees a broken answer. */
    mortise_status (*end_stream)(void *self, mortise_exchange exchange, uint32_t complete);
    /* [any] 1 when the client is gone or the exchange is over. Only informs. */
    uint32_t (*cancelled)(void *self, mortise_exchange exchange);
    /* [any] A filter that returned MORTISE_PENDING says how it went on: MORTISE_OK to continue. */
    mortise_status (*resume)(void *self, mortise_exchange exchange, mortise_status outcome);
    /* [control] In configure: checks constant fields once; replies then carry them at no cost. */
    mortise_status (*declare_header_block)(void *self, const mortise_field *fields, uint32_t field_count,
                                           uint64_t *header_block, mortise_error *error);
    /* [any] Terminal. As reply, with bytes of a file in the place of `reply->body`, which must be empty. They go from the
     * kernel's cache to the socket; filters see their number, not the bytes. */
    mortise_status (*reply_file)(void *self, mortise_exchange exchange, const mortise_reply *reply,
                                 const mortise_file *file);
} mortise_exchange_table;

#ifdef __cplusplus
}
#endif

#endif
