/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.handover/1, given by a plugin: state that outlives its instance at a reload, such as a limiter's
 * counters.
 *
 * Right after a generation was published, the host asks each instance that was replaced by one of the same
 * configuration name and module id for its state, and hands it to the new one. Both serve at that moment: the old one
 * ends requests it has, the new one begins others, so what is taken is added to what is there already.
 */
#ifndef MORTISE_SERVICE_HANDOVER_H
#define MORTISE_SERVICE_HANDOVER_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_HANDOVER_EXTENSION "mortise.plugin.handover/1"

/* [control] Takes the state, which is borrowed for the call. At most MORTISE_HANDOVER_BYTES. Given by the host. */
typedef void (*mortise_handover_receiver)(void *context, mortise_view state);

/* since 1.0 */
#define MORTISE_HANDOVER_BYTES (64u << 20)

typedef struct mortise_plugin_handover {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] Of the old instance, before its drain. Calls `receive` once, or not at all when there is nothing. From
     * it may be called: as tagged. */
    void (*give)(void *self, mortise_handover_receiver receive, void *context);
    /* [control] Of the new instance, before its activate. From it may be called: as tagged. What another version of the
     * plugin wrote is known by its first bytes, which are the plugin's affair; what cannot be read is ignored. */
    void (*take)(void *self, mortise_view state);
} mortise_plugin_handover;

#ifdef __cplusplus
}
#endif

#endif
