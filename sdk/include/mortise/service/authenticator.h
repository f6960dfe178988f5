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

#define MORTISE_AUTHENTICATOR_EXTENSION "mortise.plugin.authenticator/1"

/* Where an authenticator leaves its verdict: exactly one of the calls, before it returns. Both copy. */
typedef struct mortise_authentication {
    uint32_t struct_size;
    uint32_t need; /* MORTISE_AUTHENTICATION_OPTIONAL or _REQUIRED */
    void *context;
    /* [loop] or [worker] These three on the thread of `authenticate`. */
    void (*accept)(void *context, const mortise_principal *principal);
    /* [loop] or [worker] 401 with `sentence`; `challenge` is the value of WWW-Authenticate. */
    void (*reject)(void *context, mortise_view sentence, mortise_view challenge);
    /* [loop] or [worker] No credential was offered: nobody for OPTIONAL, otherwise as `reject`. */
    void (*missing)(void *context, mortise_view sentence, mortise_view challenge);
} mortise_authentication;

typedef struct mortise_plugin_authenticator {
    uint32_t struct_size;
    uint32_t placement; /* MORTISE_PLACEMENT_ … of routes.h: where `authenticate` may run */
    /* [loop] or [worker] as placed. MORTISE_OK after one of the three calls. MORTISE_BUSY: on a loop, try again on a
     * worker. Anything else is a 500. */
    mortise_status (*authenticate)(void *self, mortise_exchange exchange, const mortise_request *request,
                                   const mortise_authentication *authentication);
} mortise_plugin_authenticator;

#ifdef __cplusplus
}
#endif

#endif
