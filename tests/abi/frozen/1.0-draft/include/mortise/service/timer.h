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

#define MORTISE_TIMER_SERVICE "mortise.timer/1"

typedef struct mortise_timer_table {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] `call` runs once on a worker, `delay_ms` (1 ms to 30 days) from now or a little later. At most 1024 pending per
     * instance: MORTISE_BUSY. Timers run during `drain`, so that answers which wait for one still come; those pending when
     * `stop` begins are cancelled. */
    mortise_status (*after)(void *self, uint64_t delay_ms, void (*call)(void *context), void *context, uint64_t *timer);
    /* [any] MORTISE_OK: it will not run. MORTISE_ABSENT: it ran, runs or never was. */
    mortise_status (*cancel)(void *self, uint64_t timer);
} mortise_timer_table;

#ifdef __cplusplus
}
#endif

#endif
