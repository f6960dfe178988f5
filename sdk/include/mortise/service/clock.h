/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.clock/1, given by the host: the time, cheaply.
 */
#ifndef MORTISE_SERVICE_CLOCK_H
#define MORTISE_SERVICE_CLOCK_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_CLOCK_SERVICE "mortise.clock/1"

typedef struct mortise_clock_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Milliseconds that never go back, of a clock that only counts while this process lives; behind by some
     * milliseconds at most. The deadline of a request is of this clock. */
    uint64_t (*monotonic_ms)(void *self);
    /* [any] Milliseconds since 1970 (UTC), as the system's clock has them; likewise. */
    int64_t (*unix_ms)(void *self);
} mortise_clock_table;

#ifdef __cplusplus
}
#endif

#endif
