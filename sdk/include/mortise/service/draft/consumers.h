/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.consumers/1 (draft: may still change), given by a plugin that gives services and tells their consumers
 * apart: the calls of each instance then come with a `self` of its own.
 */
#ifndef MORTISE_SERVICE_DRAFT_CONSUMERS_H
#define MORTISE_SERVICE_DRAFT_CONSUMERS_H

#include <mortise/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_CONSUMERS_EXTENSION "mortise.plugin.consumers/1"

typedef struct mortise_plugin_consumers {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] The instance named `consumer` asks for `service`. Sets the table and the self that it gets instead of those of
     * get_extension; MORTISE_ABSENT: it gets these. Any other failure is what get_service returns. May come more than once
     * for one instance: from two of its threads at once, of which one gets what was given and the other is released, and
     * again after a failure or MORTISE_ABSENT. Views are borrowed for the call. */
    mortise_status (*acquire)(void *self, mortise_view service, mortise_view consumer, mortise_service *given);
    /* [any] Nobody calls with that self any more: the consumer is destroyed, or never got it. Once for every self that
     * `acquire` gave, before this plugin's `destroy`, but never for a consumer that is quarantined. Thread-safe: it comes
     * beside this plugin's other calls, also those of [control]. */
    void (*release)(void *self, mortise_view service, void *given_self);
} mortise_plugin_consumers;

#ifdef __cplusplus
}
#endif

#endif
