/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.readiness/1, given by plugins: can it serve? mortise.readiness/1, given by the host: all of them
 * asked.
 */
#ifndef MORTISE_SERVICE_READINESS_H
#define MORTISE_SERVICE_READINESS_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_READINESS_SERVICE "mortise.readiness/1"
#define MORTISE_READINESS_EXTENSION "mortise.plugin.readiness/1"

typedef struct mortise_plugin_readiness {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] MORTISE_OK, or a failure with a message for the log. Should return within a second.
     * From it may be called: as tagged. */
    mortise_status (*check)(void *self, mortise_error *error);
} mortise_plugin_readiness;

/* [worker] `name` is the instance's name, or "draining", "loop". From it may be called: as
 * tagged. */
typedef void (*mortise_readiness_visitor)(void *context, mortise_view name, mortise_status status,
                                          mortise_view message);

typedef struct mortise_readiness_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] Runs every check of the generation that serves and reports each outcome. Returns MORTISE_OK when all
     * passed. MORTISE_INVALID on a loop, and from a check or a visitor: it would never end. May call back before it
     * returns: `visit`, and `check` of this plugin like any other's. */
    mortise_status (*check)(void *self, mortise_readiness_visitor visit, void *context);
} mortise_readiness_table;

#ifdef __cplusplus
}
#endif

#endif
