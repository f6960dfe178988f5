/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.readiness/1, given by plugins: can it serve? mortise.readiness/1, given by the host: all of them asked.
 */
#ifndef MORTISE_SERVICE_READINESS_H
#define MORTISE_SERVICE_READINESS_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_READINESS_SERVICE "mortise.readiness/1"
#define MORTISE_READINESS_EXTENSION "mortise.plugin.readiness/1"

typedef struct mortise_plugin_readiness {
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] MORTISE_OK, or a failure with a sentence for the log. Should answer within a second. */
    mortise_status (*check)(void *self, mortise_error *error);
} mortise_plugin_readiness;

/* [worker] `name` is the instance's name, or "draining", "loop". */
typedef void (*mortise_readiness_visitor)(void *context, mortise_view name, mortise_status status, mortise_view text);

typedef struct mortise_readiness_table {
    uint32_t struct_size;
    uint32_t reserved;
    /* [worker] Runs every check of the generation that serves and tells each outcome. Returns MORTISE_OK when all passed. */
    mortise_status (*check)(void *self, mortise_readiness_visitor visit, void *context);
} mortise_readiness_table;

#ifdef __cplusplus
}
#endif

#endif
