/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.authenticator/1, given by one plugin: who is the caller. Asked only for routes that state a need.
 */
#ifndef MORTISE_SERVICE_AUTHENTICATOR_H
#define MORTISE_SERVICE_AUTHENTICATOR_H

#include <mortise/abi/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_AUTHENTICATOR_EXTENSION "mortise.plugin.authenticator/1"

/* What is asked of an authenticator. Borrowed for the call. */
typedef struct mortise_authentication {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t need; /* MORTISE_AUTHENTICATION_OPTIONAL or _REQUIRED */
} mortise_authentication;

typedef struct mortise_plugin_authenticator {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t placement; /* MORTISE_PLACEMENT_ … of routes.h: where `authenticate` may run */
    /* [loop] or [worker] as placed; on a worker, too, where the request has come to one before. `exchange` is the turn:
     * makes one of accept, reject and missing of mortise.exchange/1 and returns MORTISE_OK, or returns MORTISE_PENDING
     * and makes it later from any thread. MORTISE_BUSY, before that: on a loop, the host calls again on a worker.
     * Anything else is a 500. From it may be called: as tagged. */
    mortise_status (*authenticate)(void *self, mortise_exchange exchange, const mortise_request *request,
                                   const mortise_authentication *authentication);
} mortise_plugin_authenticator;

#ifdef __cplusplus
}
#endif

#endif
