/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.task/1, given by the host: a function on a worker, or on the loop of a request.
 */
#ifndef MORTISE_SERVICE_TASK_H
#define MORTISE_SERVICE_TASK_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_TASK_SERVICE "mortise.task/1"

/* At most 1024 calls of an instance are pending: MORTISE_BUSY. They run during `drain`; those that have not begun when
 * `stop` begins do not run any more, and `stop` waits for those that have. MORTISE_INVALID without a call, before
 * `start` and from `stop` on. Neither function calls back before it returns. From `call` of run may be called: what is
 * [worker] or [any], of post what is [loop] or [any]. */
typedef struct mortise_task_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] `call` runs once on a worker. MORTISE_BUSY: the pool's queue is full. `release` is called by the host once
     * it needs `context` no longer, on any thread. */
    mortise_status (*run)(void *self, void (*call)(void *context), void *context, void (*release)(void *context));
    /* [any] `call` runs once on the loop of the request that `exchange` is of, which may be over by then (cancelled of
     * mortise.exchange/1). MORTISE_STALE: it is over already, or the server's end has come to its loop; nothing is
     * kept. */
    mortise_status (*post)(void *self, mortise_exchange exchange, void (*call)(void *context), void *context,
                           void (*release)(void *context));
} mortise_task_table;

#ifdef __cplusplus
}
#endif

#endif
