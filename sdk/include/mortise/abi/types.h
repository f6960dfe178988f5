/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain types of the Mortise plugin interface. C11 and C++17 clean; no host symbol is ever linked.
 *
 * Rules of every header below this folder and ../service:
 *  - Every struct starts with `uint32_t struct_size`, set by whoever fills it. Structs grow at the tail only. A field that
 *    lies beyond the peer's struct_size reads as absent (zero). Elements of arrays have a frozen stride and no struct_size.
 *  - Fixed-width integers, pointers and {data, size} views only. Flags that a side does not know are refused.
 *  - Thread tags stand before every function:
 *      [control]  one call at a time per instance, on a thread of its own, under the host's deadline
 *      [worker]   concurrent, may block for a bounded time
 *      [loop]     concurrent, on an event loop: must not block
 *      [any]      callable on any thread at any time between `create` and the return of `destroy`
 *  - Nobody frees the other side's memory. Inputs are borrowed until the call returns, but see exchange.h.
 *  - No exception, longjmp or signal may leave a function of either side.
 */
#ifndef MORTISE_ABI_TYPES_H
#define MORTISE_ABI_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The major is part of the entry's name; the minor counts appended fields and functions. */
#define MORTISE_ABI_MAJOR 1u
#define MORTISE_ABI_MINOR 0u

/* Bytes, not terminated. `data` may be NULL when `size` is 0. Text is UTF-8. Frozen. */
typedef struct mortise_view {
    const char *data;
    uint64_t size;
} mortise_view;

/* Outcome of a call: zero or positive is success, negative is failure. */
typedef int32_t mortise_status;
#define MORTISE_OK 0
#define MORTISE_PENDING 1  /* the answer comes later, exactly once */
#define MORTISE_REPLIED 2  /* the callee made the exchange's terminal call */
#define MORTISE_ABSENT 3   /* nothing by that name or key; not a failure */
#define MORTISE_ERROR (-1)        /* failed; text in the mortise_error when there is one */
#define MORTISE_INVALID (-2)      /* an argument breaks the contract; nothing was done */
#define MORTISE_STALE (-3)        /* the handle is not the turn, or not of this request: nothing was done */
#define MORTISE_BUSY (-4)         /* a bounded queue is full or a lock stayed taken; try again later */
#define MORTISE_CONFLICT (-5)     /* a unique constraint would be broken */
#define MORTISE_UNSUPPORTED (-6)  /* known, but not by this peer or build */
#define MORTISE_UNAUTHORIZED (-7) /* the caller could not be identified */

/* Where a failing call leaves its sentence. The caller owns `text`; the callee writes at most `capacity` bytes and sets
 * `length` (0 when it has nothing to say). No terminator. */
typedef struct mortise_error {
    uint32_t struct_size;
    uint32_t capacity;
    char *text;
    uint32_t length;
    uint32_t reserved;
} mortise_error;

/* One header field or any other name with a value. Frozen. */
typedef struct mortise_field {
    mortise_view name;
    mortise_view value;
} mortise_field;

/* A request on its way to its response, never a pointer; 0 is none. A handle that a call of the plugin got is of that
 * request, and it may be the turn: the right and duty to say how the request goes on, which exactly one party has at any
 * moment. Whoever returns MORTISE_PENDING keeps its turn until its terminal call or verdict. What needs the turn is STALE
 * for every other handle; the rest is served as long as the request lasts. Loop 8 bits, slot 18, serial 38. */
typedef uint64_t mortise_exchange;

#ifdef __cplusplus
}
#endif

#endif
