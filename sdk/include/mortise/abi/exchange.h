/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request as a handler, filter or authenticator sees it.
 *
 * Everything reachable from a mortise_request is borrowed and stays valid and unchanged until the plugin's turn is
 * over, even when the client is gone or the host has responded in its place: until the call has returned and, where it
 * returned MORTISE_PENDING, until the terminal call or verdict (reply, reply_error, reply_file, end_stream, abandon,
 * resume, accept, reject or missing of mortise.exchange/1) has returned. The return of the instance's `stop` ends every
 * turn.
 */
#ifndef MORTISE_ABI_EXCHANGE_H
#define MORTISE_ABI_EXCHANGE_H

#include <mortise/abi/json_node.h>
#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who the caller is, as the authenticator said. */
typedef struct mortise_principal {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t role_count;
    mortise_view id;
    const mortise_view *roles;
    mortise_view name; /* for people and logs; may be empty */
} mortise_principal;

/* One part of a multipart/form-data body (RFC 7578). Element of an array with a stride. */
typedef struct mortise_part {
    /* since 1.0 */
    mortise_view name;
    mortise_view file_name;    /* as the client named it, never a path to be trusted; empty of a field */
    mortise_view content_type; /* as sent; empty when the client named none */
    mortise_view data;         /* of a field; empty of a file */
    mortise_view path;         /* absolute, of a file; it is removed with the exchange unless it was moved away */
    uint64_t size;             /* bytes, wherever they are */
} mortise_part;

typedef struct mortise_request {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t field_count;
    uint32_t parameter_count;
    uint32_t flags;      /* MORTISE_REQUEST_ … */
    mortise_view method; /* "GET"; of a HEAD that a GET route serves: "HEAD" */
    mortise_view target; /* as received */
    mortise_view path;   /* as received, without the query */
    mortise_view query;  /* without '?' */
    mortise_view route;  /* the pattern that matched: "/api/users/:id"; empty before the route phase */
    mortise_view request_id;
    mortise_view client_address;     /* textual IP, trusted proxies taken into account; "unix" for a local socket */
    const mortise_field *fields;     /* header fields in the order received */
    const mortise_field *parameters; /* path parameters by name, percent-decoded, in the pattern's order */
    mortise_view body;               /* whole; empty before the body phase */
    /* What the route's schemas let through, or NULL: no schema, or not there yet. Defaults are filled in. */
    const mortise_json_tape *json_body; /* of JSON and of form bodies */
    const mortise_json_tape *json_query;
    const mortise_json_tape *json_path;
    const mortise_principal *principal;    /* NULL: nobody, or not asked for */
    int64_t received_ms;                   /* Unix time of the first byte */
    const mortise_json_tape *json_headers; /* of the route's header schema, names in lower case */
    const mortise_json_tape *json_cookies; /* of the route's cookie schema */
    const mortise_part *parts;             /* of a multipart body, from the handle phase on; in the order received */
    uint32_t part_count;
    uint32_t part_size;  /* the stride of parts */
    uint64_t generation; /* number of the generation that serves this request; never 0 */
    /* Who counts as one client, for whoever counts or remembers clients: an IPv4 address, or the first 64 bits of an
     * IPv6 address of which what lies behind server.client_ipv6_prefix is 0. */
    uint64_t client_network;
    uint32_t client_family; /* MORTISE_CLIENT_… */
    uint32_t client_reserved;
    /* Past it the host responds in the plugin's place; milliseconds of mortise.clock/1's monotonic clock. Of what a
     * plugin is shown while the body is still to come it is early by the time that takes. */
    uint64_t deadline;
} mortise_request;

/* since 1.0 */
#define MORTISE_REQUEST_TLS 1u /* arrived over TLS, here or at a trusted proxy */
/* A proxy stands before the client and is not trusted, or does not tell who the client is: client_address may be the
 * proxy's, and what is allowed to that address is not allowed to this client. */
#define MORTISE_REQUEST_CLIENT_UNKNOWN 2u

/* since 1.0 */
#define MORTISE_CLIENT_UNKNOWN 0u /* all whose address a trusted proxy does not tell; client_address is "::" */
#define MORTISE_CLIENT_IPV4 1u
#define MORTISE_CLIENT_IPV6 2u
#define MORTISE_CLIENT_LOCAL 3u /* everybody on Unix sockets */

/* [loop] or [worker], as the route's placement says; on a worker, too, where the request has come to one before.
 * `exchange` is the turn. Makes the terminal call and returns
 * MORTISE_REPLIED, or returns MORTISE_PENDING and makes it later from any thread; one that another thread makes before
 * the call has returned takes effect when it returns MORTISE_PENDING. MORTISE_BUSY on a loop, before any effect: the
 * host calls again on a worker. Any other return, and a second terminal call, is a 500 and logged with the plugin's
 * name. From it may be called: as tagged. */
typedef mortise_status (*mortise_handler)(void *context, mortise_exchange exchange, const mortise_request *request);

#ifdef __cplusplus
}
#endif

#endif
