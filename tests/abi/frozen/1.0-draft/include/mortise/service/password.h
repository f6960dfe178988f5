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

#define MORTISE_PASSWORD_SERVICE "mortise.password/1"
#define MORTISE_PASSWORD_MAX_BYTES 72u /* bcrypt ignores what lies beyond */

/* [worker] `hash` is the new hash (of `hash`) or empty (of `verify`). `status`: MORTISE_OK; of `verify` MORTISE_UNAUTHORIZED
 * when it does not match. Called exactly once, on a worker thread, if and only if the request was taken. */
typedef void (*mortise_password_done)(void *context, mortise_status status, mortise_view hash);

typedef struct mortise_password_table {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] MORTISE_PENDING when taken, MORTISE_BUSY when the queue is full, MORTISE_INVALID for a password of more than
     * 72 bytes or with U+0000, or a cost outside 4-15. Inputs are copied and wiped afterwards. */
    mortise_status (*hash)(void *self, mortise_view password, uint32_t cost, mortise_password_done done, void *context);
    /* [any] As `hash`. An empty `hash` does the usual work of `cost` and then does not match: login of an unknown user.
     * A password that breaks the rules is not INVALID here: it does the usual work and does not match. */
    mortise_status (*verify)(void *self, mortise_view password, mortise_view hash, uint32_t cost,
                             mortise_password_done done, void *context);
} mortise_password_table;

#ifdef __cplusplus
}
#endif

#endif
