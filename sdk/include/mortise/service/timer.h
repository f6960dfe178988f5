/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.timer/1, given by the host: calls after a while, on a worker.
 */
#ifndef MORTISE_SERVICE_TIMER_H
#define MORTISE_SERVICE_TIMER_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_TIMER_SERVICE "mortise.timer/1"

typedef struct mortise_timer_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] `call` runs once on a worker, `delay_ms` (1 ms to 30 days) from now or a little later. At most 1024 pending
     * per instance: MORTISE_BUSY; more than 30 days, before `start` and from `stop` on: MORTISE_INVALID. Timers run
     * during `drain`, so that responses which wait for one still come; those pending when `stop` begins are cancelled.
     * `release` comes after `call`, or when the timer is cancelled. `timer` may be NULL. Does not call back before it
     * returns. From `call` may be called: what is [worker] or [any]. */
    mortise_status (*after)(void *self, uint64_t delay_ms, void (*call)(void *context), void *context,
                            void (*release)(void *context), uint64_t *timer);
    /* [any] MORTISE_OK: it will not run, and was released. MORTISE_ABSENT: it ran, runs or never was. May call back
     * before it returns: `release` of that timer. */
    mortise_status (*cancel)(void *self, uint64_t timer);
} mortise_timer_table;

#ifdef __cplusplus
}
#endif

#endif
