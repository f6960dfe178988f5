/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.password/1, given by the host: bcrypt ($2b$) in a pool of its own with low priority.
 */
#ifndef MORTISE_SERVICE_PASSWORD_H
#define MORTISE_SERVICE_PASSWORD_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_PASSWORD_SERVICE "mortise.password/1"
#define MORTISE_PASSWORD_MAX_BYTES 72u /* bcrypt ignores what lies beyond */

/* [worker] `status`: MORTISE_OK; of `verify` MORTISE_UNAUTHORIZED when it does not match, MORTISE_INVALID when the
 * stored hash is none. `hash` of `hash`: the new hash. Of `verify`: empty, or where it matched at a lower cost than was
 * asked for, a new hash of the password to be stored in the place of the old one. Called exactly once, on a worker
 * thread, if and only if the request was taken; never for an instance that missed a deadline. From it and from
 * `release`, which comes right after it, may be called: everything that is [worker] or [any]. */
typedef void (*mortise_password_done)(void *context, mortise_status status, mortise_view hash);

typedef struct mortise_password_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] MORTISE_PENDING when taken, MORTISE_BUSY when the queue is full, MORTISE_INVALID for a password of more
     * than 72 bytes or with U+0000, or a cost outside 4-15 that is not 0: server.password_cost. Inputs are copied and
     * wiped afterwards. */
    mortise_status (*hash)(void *self, mortise_view password, uint32_t cost, mortise_password_done done, void *context,
                           void (*release)(void *context));
    /* [any] As `hash`. What does not match takes the work of `cost`, whatever the reason: an empty `hash` (login of an
     * unknown user), one that is none or was made at a lower cost, a password that breaks the rules, which is not
     * INVALID here. */
    mortise_status (*verify)(void *self, mortise_view password, mortise_view hash, uint32_t cost,
                             mortise_password_done done, void *context, void (*release)(void *context));
} mortise_password_table;

#ifdef __cplusplus
}
#endif

#endif
