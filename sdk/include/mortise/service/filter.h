/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.filter/1, given by a plugin: work around every request.
 *
 * Phases of a request: accept, protect, route, authenticate, body, handle, respond, finish. `on_request` runs at the
 * start of each phase from accept to handle that the filter names; `on_respond` once before the head of any response is
 * written, also of errors and of responses to malformed requests; `on_finish` once when the exchange is over. When a
 * response cannot be transformed, an error takes its place, which passes `on_respond` as if there had been no other.
 */
#ifndef MORTISE_SERVICE_FILTER_H
#define MORTISE_SERVICE_FILTER_H

#include <mortise/abi/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_FILTER_EXTENSION "mortise.plugin.filter/1"

/* since 1.0 */
#define MORTISE_PHASE_ACCEPT 1u
#define MORTISE_PHASE_PROTECT 2u
#define MORTISE_PHASE_ROUTE 4u
#define MORTISE_PHASE_AUTHENTICATE 8u
#define MORTISE_PHASE_BODY 16u
#define MORTISE_PHASE_HANDLE 32u
#define MORTISE_PHASE_RESPOND 64u
#define MORTISE_PHASE_FINISH 128u

/* What a filter may do besides letting the request pass in on_request. Each costs a turn per call. */
/* since 1.0 */
#define MORTISE_FILTER_MAY_REPLY 1u /* replies and returns MORTISE_REPLIED */
#define MORTISE_FILTER_MAY_WAIT 2u  /* returns MORTISE_PENDING; later resumes, or replies where it may */
/* on_respond may return MORTISE_PENDING, where mortise_response.may_wait is 1, and resumes later. */
#define MORTISE_FILTER_MAY_WAIT_RESPOND 4u

/* What the body of a response is. */
/* since 1.0 */
#define MORTISE_BODY_NONE 0u   /* none: 204, 304, or nothing to send */
#define MORTISE_BODY_WHOLE 1u  /* all of it is here */
#define MORTISE_BODY_STREAM 2u /* comes in pieces */
#define MORTISE_BODY_FILE 3u   /* is a file's */

/* [any] Takes bytes that a transformer has made, during `chunk` only. Given by the host. */
typedef void (*mortise_emit)(void *sink, mortise_view data);

/* Changes the bytes of one response. Its calls come one after the other, each on whatever thread has the bytes. */
typedef struct mortise_transformer {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    /* [any] From it may be called: as tagged, but no function of the mortise_response that it may be called inside of,
     * which are MORTISE_INVALID. `emit` does not call back before it returns. The next bytes; `last` 1 with the final
     * ones, which may be none; a response that is cut has no final ones. `flush` 1: what was taken so far is to come
     * out now, since nothing follows for a while. Anything but MORTISE_OK ends the response: with 500 while its head is
     * not sent, else it is cut. */
    mortise_status (*chunk)(void *context, mortise_view data, uint32_t last, uint32_t flush, mortise_emit emit,
                            void *sink);
    /* [any] Exactly once, after the last call of `chunk`, also when the response was cut, and never before transform
     * has returned. NULL: nothing to do. */
    void (*release)(void *context);
} mortise_transformer;

/* The head of a response, for on_respond. Its functions are called with `context`, during on_respond only and on its
 * thread: [loop] is [worker] for a filter on workers. */
typedef struct mortise_response {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t status;
    void *context;
    /* [loop] Framing fields and bad bytes are refused with MORTISE_INVALID. Vary is one list: what is added joins what
     * is there, no name twice. */
    mortise_status (*add_field)(void *context, mortise_view name, mortise_view value);
    uint32_t body_kind; /* MORTISE_BODY_ … */
    /* 1: there are bytes (not of a file or a part), neither route nor Cache-Control forbid it, there is no
     * Content-Encoding, nobody has transformed yet, and the filter is on the loop. */
    uint32_t may_transform;
    uint64_t body_size; /* bytes of a whole body or a file; of others 0 */
    mortise_view body;  /* of a whole one: all of it; none once it is transformed */
    mortise_view content_type; /* or empty */
    /* [loop] The first field of that name so far, in any case; a view without data when there is none. Content-Type
     * too. */
    mortise_view (*field)(void *context, mortise_view name);
    /* [loop] As add_field, in place of all fields of that name. */
    mortise_status (*set_field)(void *context, mortise_view name, mortise_view value);
    /* [loop] MORTISE_ABSENT when there is none. */
    mortise_status (*remove_field)(void *context, mortise_view name);
    /* [loop] Turns the response into one without a body, such as 304; filters after this one see that.
     * MORTISE_UNSUPPORTED of a stream, which cannot be taken back. */
    mortise_status (*replace)(void *context, uint32_t status);
    /* [loop] The body goes through the transformer, which is copied; Content-Length and Accept-Ranges follow. May call
     * back before it returns: the transformer. It may be called not at all: for HEAD, whose response then has no
     * Content-Length. Whole bodies of more than some KiB and first pieces of that size are transformed on a worker.
     * After anything but MORTISE_OK the response is as it was and `release` is not called: MORTISE_INVALID,
     * may_transform is 0; MORTISE_BUSY, no worker is free; MORTISE_ERROR, `chunk` failed. */
    mortise_status (*transform)(void *context, const mortise_transformer *transformer);
    /* [loop] Adds those fields of a block that the response does not have yet (see declare_header_block): what a reply
     * says itself stands. MORTISE_INVALID for a number that this plugin did not get. */
    mortise_status (*add_block)(void *context, uint64_t header_block);
    /* [loop] Turns the response into an error of that status, 400 to 599, message and code (see mortise_error_reply, may
     * be empty) in the shape of all errors; filters after this one see that. As with replace its other fields stay. */
    mortise_status (*refuse)(void *context, uint32_t status, mortise_view message, mortise_view code);
    uint32_t may_wait; /* 1: on_respond may return MORTISE_PENDING. 0 without the flag for it, and of a response in the
                        * place of another (a deadline, a reload, a stop, a quarantine), which waits for nobody */
    uint32_t reserved;
} mortise_response;

/* What became of an exchange, for on_finish. Views are borrowed for the call. */
typedef struct mortise_finished {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t status;         /* of the response; 499 when the client was gone before one */
    uint64_t duration_ns;    /* first byte received to last byte handed to the kernel */
    uint64_t sent_bytes;     /* head and body */
    uint64_t received_bytes; /* of the body */
    int64_t finished_ms;     /* Unix time */
    mortise_view url;        /* target with secret query parameters redacted */
    mortise_view user_agent;
    mortise_view user_id; /* of the principal, or empty */
    uint32_t quiet;       /* the route asked to be left out of request logs */
    uint32_t reserved;
} mortise_finished;

/* One filter. From each of its functions may be called: as tagged. Element of an array with a stride. */
typedef struct mortise_filter {
    /* since 1.0 */
    void *context;       /* of its functions */
    uint32_t phases;     /* MORTISE_PHASE_ … | … */
    uint32_t flags;      /* MORTISE_FILTER_MAY_ …; unknown ones are refused */
    mortise_view name;   /* unique among all filters: "request-log" */
    mortise_view before; /* comma lists of names of filters */
    mortise_view after;
    /* [loop] or [worker] as placed: MORTISE_OK to let the request pass and, as `flags` say, MORTISE_REPLIED or
     * MORTISE_PENDING; anything else is a 500. `exchange` is the turn where a flag is set or the filter is on workers,
     * else only a handle of the request. `slot` is this filter's own word of the exchange, 0 at first, not moved until
     * on_finish has returned. */
    mortise_status (*on_request)(void *context, uint32_t phase, mortise_exchange exchange,
                                 const mortise_request *request, uint64_t *slot);
    /* [loop] or [worker] as placed: MORTISE_OK, or MORTISE_PENDING where it may wait: then it resumes later, from any
     * thread, and the response is sent when all filters have been at it. Anything else, and resume with another outcome
     * than MORTISE_OK, makes the response a 500, which the filters after this one see. `exchange` is a turn where the
     * filter may wait or is on workers, beside that of whoever made the response; resume, abandon and begin_commit take
     * it, no reply. Not called while a turn of this filter is open and, on workers, of a response in the place of
     * another (see may_wait). */
    mortise_status (*on_respond)(void *context, mortise_exchange exchange, const mortise_request *request,
                                 mortise_response *response, uint64_t *slot);
    /* [loop] or [worker] as placed. On the loop it must be short: the next request of the connection waits. `exchange`
     * is not the turn. When the request ends while a turn of this filter is open, it is called after that turn. */
    void (*on_finish)(void *context, mortise_exchange exchange, const mortise_request *request,
                      const mortise_finished *finished, uint64_t *slot);
    uint32_t placement; /* MORTISE_PLACEMENT_LOOP or _WORKER of routes.h: where all its functions run. On workers each
                         * call costs a way there and back */
    uint32_t reserved;
} mortise_filter;

/* An instance's filters: read once, after configure. They live as long as the instance. */
typedef struct mortise_plugin_filter {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t filter_count;
    uint32_t filter_size; /* the stride of filters */
    uint32_t reserved;
    const mortise_filter *filters;
} mortise_plugin_filter;

#ifdef __cplusplus
}
#endif

#endif
