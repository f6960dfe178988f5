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
#define MORTISE_PASSWORD_MAX_BYTES 72u   /* bcrypt ignores what lies beyond */
#define MORTISE_PASSWORD_MAX_COUNT 1000u /* of one hash_all */

/* [worker] `status`: MORTISE_OK; of `verify` MORTISE_UNAUTHORIZED when it does not match, MORTISE_INVALID when the
 * stored hash is none or of a higher cost than `cost_limit`. `hash` of `hash`: the new hash. Of `verify`: empty, or
 * where it matched at a lower cost than was asked for, a new hash of the password to be stored in the place of the old
 * one. Called exactly once, on a worker thread, if and only if the request was taken. From it and from `release`, which
 * comes right after it, may be called: as tagged. */
typedef void (*mortise_password_done)(void *context, mortise_status status, mortise_view hash);

/* [worker] `status`: MORTISE_OK with the new hashes, as many as there were passwords and in their order; MORTISE_STALE
 * without any when the request ended or its client left before all were made; MORTISE_ERROR. Called exactly once, on a
 * worker thread, if and only if the request was taken. From it and from `release`, which comes right after it, may be
 * called: as tagged. */
typedef void (*mortise_password_all_done)(void *context, mortise_status status, const mortise_view *hashes,
                                          uint32_t count);

typedef struct mortise_password_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] MORTISE_PENDING when taken, MORTISE_BUSY when the queue is full, MORTISE_INVALID for a password of more
     * than 72 bytes or with U+0000, or a cost outside 4 to `cost_limit` that is not 0: server.password_cost; also
     * before `start` and from `stop` on. Inputs are copied and wiped afterwards. Does not call back before it returns.
     */
    mortise_status (*hash)(void *self, mortise_view password, uint32_t cost, mortise_password_done done, void *context,
                           void (*release)(void *context));
    /* [any] As `hash`. Does not call back before it returns. What does not match takes the work of `cost`, whatever the
     * reason: an empty `hash` (login of an unknown user), one that is none, whose cost is above `cost_limit` or was
     * made at a lower cost, a password that breaks the rules, which is not INVALID here. */
    mortise_status (*verify)(void *self, mortise_view password, mortise_view hash, uint32_t cost,
                             mortise_password_done done, void *context, void (*release)(void *context));
    /* [any] As `hash`, of 1 to MORTISE_PASSWORD_MAX_COUNT passwords, on behalf of `exchange`, any handle of its
     * request, or of 0, nobody. They step back: one is begun only while nothing waits that `hash` or `verify` took, and
     * at most server.hashing_batch_workers of them are made at a time. Once the request has ended or its client has
     * left no more are begun. MORTISE_BUSY when the queue (server.hashing_batch_queue) has no room for all of them. Does
     * not call back before it returns. */
    mortise_status (*hash_all)(void *self, mortise_exchange exchange, const mortise_view *passwords, uint32_t count,
                               uint32_t cost, mortise_password_all_done done, void *context,
                               void (*release)(void *context));
    /* [any] server.password_cost_limit: a hash of a higher cost verifies nothing. */
    uint32_t (*cost_limit)(void *self);
} mortise_password_table;

#ifdef __cplusplus
}
#endif

#endif
