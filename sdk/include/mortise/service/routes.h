/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.routes/1, given by the host: declaring routes in `configure`.
 *
 * Pattern grammar (fixed here, whatever plugin matches): '/' then segments; a segment is literal text, ":name" for one
 * non-empty segment, or as the last one "*name" for the rest, which may be empty. Names are [A-Za-z_][A-Za-z0-9_]*, at
 * most 16 in a pattern, each once. Literal beats ":name" beats "*name", segment by segment from the left; a dead end
 * goes back to the next best. Two routes of one method whose patterns differ in names only are a start error.
 */
#ifndef MORTISE_SERVICE_ROUTES_H
#define MORTISE_SERVICE_ROUTES_H

#include <mortise/abi/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_ROUTES_SERVICE "mortise.routes/1"

/* Where the handler runs. */
/* since 1.0 */
#define MORTISE_PLACEMENT_WORKER 0u /* the bounded worker pool */
#define MORTISE_PLACEMENT_LOOP 1u   /* on the event loop: never blocks */
#define MORTISE_PLACEMENT_DATABASE_READ \
    2u /* short reads through mortise.database/1: on the loop where that allows it */

/* since 1.0 */
#define MORTISE_AUTHENTICATION_NONE 0u
#define MORTISE_AUTHENTICATION_OPTIONAL 1u /* a bad credential is refused, a missing one is nobody */
#define MORTISE_AUTHENTICATION_REQUIRED 2u

/* since 1.0 */
/* Responses of routes that ask who the caller is carry Cache-Control: no-store, unless the reply says otherwise itself.
 */
#define MORTISE_ROUTE_PRIVATE 1u        /* responses carry Cache-Control: no-store whoever may call */
#define MORTISE_ROUTE_RAW_BODY 2u       /* any media type; the handler reads request->body */
#define MORTISE_ROUTE_REJECT_UNKNOWN 4u /* unknown members are a validation failure instead of being dropped */
#define MORTISE_ROUTE_QUIET 8u          /* left out of the request log unless it fails */
#define MORTISE_ROUTE_BODY_OPTIONAL 16u /* no body at all is fine */
/* The body is multipart/form-data and nothing else. Its fields, and its files where the body schema has `format:
 * binary`, go by that schema, names with brackets as in forms; all parts are in request->parts. */
#define MORTISE_ROUTE_MULTIPART 32u
#define MORTISE_ROUTE_NO_TRANSFORM \
    64u                               /* no filter may change the bytes of its responses (compression beside secrets) */
#define MORTISE_ROUTE_DEPRECATED 128u /* documentation says so */
#define MORTISE_ROUTE_HIDDEN 256u     /* documentation leaves it out */
/* The body of the body schema may come as application/x-www-form-urlencoded, too: names with brackets nest, values are
 * coerced from text. Without it a form is 415. Note that browsers send forms across origins without asking first. */
#define MORTISE_ROUTE_ALSO_FORMS 512u
/* All that the handler writes it writes by one `respond` of mortise.database/1, so that who keeps responses can have a
 * repeated request done once; a request whose handler calls no `respond` gives its key back. Of POST and PATCH, on a
 * worker or with MORTISE_PLACEMENT_DATABASE_READ, whose handler is MORTISE_BUSY on a loop before any effect; not
 * multipart, nor with secrets (NO_TRANSFORM). */
#define MORTISE_ROUTE_IDEMPOTENT 1024u
/* U+0000 in texts and names of the body of the body schema is the handler's to refuse; without it that is a validation
 * failure. */
#define MORTISE_ROUTE_NUL_IN_BODY 2048u

/* A header field of a documented response, such as Location. Element of an array with a stride. */
typedef struct mortise_route_field {
    /* since 1.0 */
    mortise_view name;   /* a token; each once in a response, whatever its case; not Content-Type */
    mortise_view text;   /* what its value says, for documentation, or empty */
    mortise_view schema; /* JSON Schema text of its value, or empty: text */
} mortise_route_field;

/* A documented response. Element of an array with a stride. */
typedef struct mortise_route_response {
    /* since 1.0 */
    uint32_t status;
    uint32_t reserved;
    mortise_view schema;     /* JSON Schema text of the body, or empty */
    mortise_view message;    /* what it says, for documentation, or empty */
    mortise_view media_type; /* empty: application/json where there is a schema, no body where there is none */
    const mortise_route_field *fields; /* for documentation: those that the route itself sends */
    uint32_t field_count;
    uint32_t field_size; /* sizeof(mortise_route_field), the stride of `fields` */
} mortise_route_response;

typedef struct mortise_route {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t flags;          /* MORTISE_ROUTE_ … */
    uint32_t placement;      /* MORTISE_PLACEMENT_ … */
    uint32_t authentication; /* MORTISE_AUTHENTICATION_ … */
    mortise_view method;     /* upper case: GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD */
    mortise_view pattern;
    mortise_view role;             /* required role of the principal (403 without), or empty */
    uint64_t body_limit;           /* bytes; 0: server.max_body_size */
    mortise_view body_schema;      /* JSON Schema 2020-12 text, or empty: no body is read into JSON */
    mortise_view query_schema;     /* of an object whose members are the query parameters, coerced from text */
    mortise_view path_schema;      /* likewise of path parameters, all in the pattern; a failure is a 404 */
    mortise_view header_schema;    /* likewise of header fields, names in lower case */
    mortise_view cookie_schema;    /* likewise of the cookies (RFC 6265 section 4.2) */
    mortise_view body_media_types; /* comma list, for documentation, of a raw body */
    mortise_view summary;
    mortise_view description;  /* CommonMark, for documentation */
    mortise_view operation_id; /* unique among all routes; empty: made of method and pattern */
    mortise_view tags;         /* comma list */
    const mortise_route_response *responses;
    uint32_t response_count;
    uint32_t response_size; /* sizeof(mortise_route_response), the stride of `responses` */
    mortise_handler handle;
    void *context; /* first argument of `handle` */
    /* [control] Once, right before the plugin's `destroy`; or NULL. */
    void (*release)(void *context);
} mortise_route;

/* [any] A route as it was declared, with all its texts, and the name of the plugin instance. Borrowed for the call.
 * From it may be called: as the caller of `visit`, also a terminal call: the walk goes on. */
typedef void (*mortise_route_visitor)(void *context, const mortise_route *route, mortise_view plugin);

typedef struct mortise_routes_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] In configure only. Everything is copied; `context` is kept. MORTISE_INVALID with a message: unknown
     * flag, bad pattern, schema that does not compile (with its JSON pointer), a path parameter that the pattern does
     * not have, a flag that the route has no use for. */
    mortise_status (*add)(void *self, const mortise_route *route, mortise_error *error);
    /* [any] Until the exchange's terminal call: every route of the generation that serves it, in the order of
     * declaration, plugins in the order of their start. `handle`, `context` and `release` are NULL. MORTISE_STALE when
     * the exchange is over, MORTISE_INVALID without a visitor. May call back before it returns: `visitor`, and `free`
     * of what the generation was built of, when it is the last to look at it. */
    mortise_status (*visit)(void *self, mortise_exchange exchange, mortise_route_visitor visitor, void *context);
    /* [control] In configure only: setting `key` of this plugin names a route by method (as in mortise_route, HEAD for
     * a GET route, too, or "*" for any) and pattern. Where the generation has no such route, whoever would declare it,
     * the operator gets a warning with the place of the setting, when it is checked, started or reloaded; where it has
     * one without all of `flags` (MORTISE_ROUTE_ …), it is an error there. MORTISE_INVALID for a key that the module
     * does not declare, for unknown flags, and past 1000 of them. */
    mortise_status (*expect)(void *self, mortise_view key, mortise_view method, mortise_view pattern, uint32_t flags);
} mortise_routes_table;

#ifdef __cplusplus
}
#endif

#endif
