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
    /* [any] The instance named `consumer` asks for `service`, once in its life. Sets the table and the self that it gets
     * instead of those of get_extension; MORTISE_ABSENT: it gets these. Any other failure is what get_service returns.
     * Views are borrowed for the call. */
    mortise_status (*acquire)(void *self, mortise_view service, mortise_view consumer, mortise_service *given);
    /* [control] The consumer is destroyed and calls no more. Once for every self that `acquire` gave, before this plugin's
     * `destroy`, but never for a consumer that is quarantined. */
    void (*release)(void *self, mortise_view service, void *given_self);
} mortise_plugin_consumers;

#ifdef __cplusplus
}
#endif

#endif
