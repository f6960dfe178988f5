/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.loop/1, given by the host: for providers whose services may be called on an event loop.
 */
#ifndef MORTISE_SERVICE_LOOP_H
#define MORTISE_SERVICE_LOOP_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_LOOP_SERVICE "mortise.loop/1"
#define MORTISE_PLACEMENT_EXTENSION "mortise.plugin.placement/1"

typedef struct mortise_loop_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] How many event loops there are; constant for the life of the process. */
    uint32_t (*count)(void *self);
    /* [any] 1 to count: the loop that the calling thread runs; 0 on any other thread. */
    uint32_t (*current)(void *self);
    /* [loop] Calls `call` once on this loop when the events of the present batch are handled, before it sleeps and
     * before any other thread's responses are sent, and then `release`: neither of a plugin in quarantine.
     * MORTISE_INVALID on any other thread, before `start` and from `stop` on. An instance is not stopped before. Does
     * not call back before it returns. From `call` and `release` may be called: what is [loop] or [any]; what they ask
     * for `at_batch_end` comes in the same batch. */
    mortise_status (*at_batch_end)(void *self, void (*call)(void *context), void *context,
                                   void (*release)(void *context));
} mortise_loop_table;

/* Given by the provider of mortise.database/1. */
typedef struct mortise_plugin_placement {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] After configure. 1: handlers of MORTISE_PLACEMENT_DATABASE_READ may run on a loop. From it may be
     * called: as tagged. */
    uint32_t (*reads_on_loop)(void *self);
    /* [control] After configure. How many calls of plugins that use the database, by themselves or by services of
     * others, may be on workers at a time, because each may wait for something of which there is so much; of the
     * others the host keeps a bounded number waiting, so that they hold no worker. It leaves workers to everybody else
     * in any case. 0: any number. From it may be called: as tagged. */
    uint32_t (*width)(void *self);
} mortise_plugin_placement;

#ifdef __cplusplus
}
#endif

#endif
