/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.router/1, given by one plugin: from paths to routes. Grammar and precedence are those of routes.h.
 */
#ifndef MORTISE_SERVICE_ROUTER_H
#define MORTISE_SERVICE_ROUTER_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_ROUTER_EXTENSION "mortise.plugin.router/1"
#define MORTISE_ROUTER_MAX_PARAMETERS 16u

/* Element of an array with a stride. Patterns are valid by the grammar. */
typedef struct mortise_router_route {
    /* since 1.0 */
    mortise_view pattern;
    uint32_t method; /* small number; routes of different methods never match each other's requests */
    uint32_t route;  /* what a match tells */
} mortise_router_route;

/* Where a parameter stands in the matched path. Frozen. */
typedef struct mortise_router_parameter {
    /* since 1.0 */
    uint32_t offset;
    uint32_t length;
} mortise_router_parameter;

/* Filled by the plugin. Frozen. */
typedef struct mortise_router_match {
    /* since 1.0 */
    uint32_t route;
    uint32_t parameter_count;
    mortise_router_parameter parameters[MORTISE_ROUTER_MAX_PARAMETERS]; /* in the pattern's order */
} mortise_router_match;

typedef struct mortise_plugin_router {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] Effect-free. A conflict is MORTISE_CONFLICT with a message that shows both patterns. From it may be
     * called: as tagged. */
    mortise_status (*build)(void *self, const mortise_router_route *routes, uint32_t route_count, uint32_t route_size,
                            void **matcher, mortise_error *error);
    /* [loop] Concurrent on one matcher; no allocation, no lock. `path` starts with '/', is percent-decoded but for %2F
     * and %25, and has no query. MORTISE_OK or MORTISE_ABSENT, which is also what a failure comes to. From it may be
     * called: as tagged. */
    mortise_status (*match)(const void *matcher, uint32_t method, mortise_view path, mortise_router_match *match);
    /* [any] Once no request of the generation is left, or when it never served; inside of a call of any plugin that is
     * the last to look at it, too. From it may be called: as tagged. */
    void (*free)(void *self, void *matcher);
} mortise_plugin_router;

#ifdef __cplusplus
}
#endif

#endif
