/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain types of the Mortise plugin interface. C11 and C++17 clean; no host symbol is ever linked.
 *
 * Rules of every header below this folder and ../service:
 *
 *  Layout. Fixed-width integers, pointers and {data, size} views only.
 *  - Structs grow at the tail, and start with `uint32_t struct_size`. Whoever provides a struct's memory sets it, to
 *    its own sizeof (MORTISE_INIT), before the other side sees it. The other side reads up to the smaller of the two
 *    sizes; what lies beyond reads as zero: absent (MORTISE_HAS).
 *  - A struct that the other side writes into is frozen and has no struct_size; everything else that is handed out
 *    belongs to whoever filled it and is seen through a pointer to const. So nobody writes past the other's memory.
 *  - Elements of arrays that may grow have no struct_size. Beside `x_count` stands `x_size`, the stride: the element's
 *    sizeof where the array was made. Arrays without a stride have frozen elements.
 *  - A struct_size, or a stride of an array that is not empty, that is 0 (forgotten) or less than the first version's,
 *    and a stride that is no multiple of 8: MORTISE_INVALID, nothing was done, and the host logs a warning that names
 *    plugin and struct. In what is read at start it is a start error.
 *  - Every member and constant stands under a comment that says since which minor it is there.
 *
 *  Unknown values.
 *  - A positive status that a side does not know is MORTISE_OK to it; an unknown negative one, and a known one that is
 *    not listed at the function, is MORTISE_ERROR.
 *  - Flags that the host does not know are MORTISE_INVALID; in a declaration `configure` fails and the message names
 *    the flag. A plugin ignores flags that it does not know.
 *
 *  Calls.
 *  - Thread tags stand before every function:
 *      [control]  one call at a time per instance, on a thread of its own, under the host's deadline
 *      [worker]   concurrent, may block for a bounded time
 *      [loop]     concurrent, on an event loop: must not block
 *      [any]      callable on any thread at any time between `create` and the return of `destroy`
 *  - Nobody frees the other side's memory. Inputs are borrowed until the call returns, but see exchange.h.
 *  - A `call` and its `context` that are kept after the taking function has returned have a `release` behind them:
 *    [any], called exactly once, with `context`, never before `call` has returned, also when `call` never runs. NULL:
 *    nothing to do. If the taking function fails nothing was kept, and `context` is still the caller's.
 *  - A plugin that missed a deadline is in quarantine: it gets neither calls nor releases any more.
 *  - No exception, longjmp or signal may leave a function of either side.
 *
 *  Re-entrancy. The host holds no lock while it calls a plugin, and what it walks over stays, whatever the plugin
 * calls.
 *  - A function calls back before it returns only where it says so: "May call back before it returns: ...".
 *  - What a plugin may call stands at each of its functions: "From it may be called: as tagged" is, on the thread that
 * it is called on, from [control] what is tagged [control], [worker] or [any]; from [worker] what is [worker] or [any];
 *    from [loop] what is [loop] or [any]; from [any], and from every release, what is [any]. "As the caller" is what
 *    whoever called may call.
 *  - What comes at the wrong time is MORTISE_INVALID, what is not the turn, or of no request that lasts, MORTISE_STALE.
 */
#ifndef MORTISE_ABI_TYPES_H
#define MORTISE_ABI_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The major is part of the entry's name; the minor counts appended fields and functions. Until the first release the
 * draft is part of the name too, and everything may change between two drafts. */
/* since 1.0 */
#define MORTISE_ABI_MAJOR 1
#define MORTISE_ABI_MINOR 0
#define MORTISE_ABI_DRAFT 2

/* Bytes, not terminated. `data` may be NULL when `size` is 0. Text is UTF-8. Frozen. */
typedef struct mortise_view {
    /* since 1.0 */
    const char *data;
    uint64_t size;
} mortise_view;

/* Outcome of a call, see "Unknown values": zero or positive is success, negative is failure. */
typedef int32_t mortise_status;
/* since 1.0 */
#define MORTISE_OK 0
#define MORTISE_PENDING 1     /* the outcome comes later, exactly once */
#define MORTISE_REPLIED 2     /* the callee made the exchange's terminal call */
#define MORTISE_ABSENT 3      /* nothing by that name or key; not a failure */
#define MORTISE_ERROR (-1)    /* failed; the message is in the mortise_error when there is one */
#define MORTISE_INVALID (-2)  /* bad handle, size, flag or argument: nothing was done, a turn is still the caller's */
#define MORTISE_STALE (-3)    /* the handle is not the turn, or not of this request: nothing was done */
#define MORTISE_BUSY (-4)     /* a bounded queue is full or a lock stayed taken; try again later */
#define MORTISE_CONFLICT (-5) /* a unique constraint would be broken */
#define MORTISE_UNSUPPORTED (-6)  /* known, but not by this peer or build */
#define MORTISE_UNAUTHORIZED (-7) /* the caller could not be identified */
#define MORTISE_REFUSED (-8)      /* the reply breaks a rule: the turn was ended with 500 */

/* Where a failing call leaves its message. The caller owns `message`, room for `capacity` bytes, and sets `length` to
 * 0; the callee writes at most `capacity` bytes and sets `length`. UTF-8, no terminator. Frozen. */
typedef struct mortise_error {
    /* since 1.0 */
    char *message;
    uint32_t capacity;
    uint32_t length;
} mortise_error;

/* One header field or any other name with a value. Frozen. */
typedef struct mortise_field {
    /* since 1.0 */
    mortise_view name;
    mortise_view value;
} mortise_field;

/* A request on its way to its response, never a pointer; 0 is none. A handle that a call of the plugin got is of that
 * request, and it may be the turn: the right and duty to say how the request goes on, which exactly one party has at
 * any moment. Whoever returns MORTISE_PENDING keeps its turn until its terminal call or verdict. What needs the turn is
 * STALE for every other handle; the rest is served as long as the request lasts. Loop 8 bits, slot 18, serial 38. */
typedef uint64_t mortise_exchange;

#ifdef __cplusplus
}

/* A zeroed one with its struct_size set. */
template<class Struct>
constexpr Struct mortise_init() noexcept {
    Struct made{};
    made.struct_size = static_cast<uint32_t>(sizeof(Struct));
    return made;
}
/* since 1.0 */
#define MORTISE_INIT(type) (::mortise_init<type>())
#define MORTISE_BYTES_OF(pointer) (reinterpret_cast<const char*>(pointer))
#else
/* A zeroed one with its struct_size set: mortise_reply reply = MORTISE_INIT(mortise_reply); */
/* since 1.0 */
#define MORTISE_INIT(type) ((type){.struct_size = (uint32_t)sizeof(type)})
#define MORTISE_BYTES_OF(pointer) ((const char*)(pointer))
#endif

/* since 1.0 */
/* Whether the other side's struct reaches over the member, a pointer or number, and it is set: MORTISE_HAS(table,
 * cancel). Looks at `table` several times. */
#define MORTISE_HAS(table, member)                                                                          \
    (MORTISE_BYTES_OF(&(table)->member + 1) - MORTISE_BYTES_OF(table) <= (ptrdiff_t)(table)->struct_size && \
     (table)->member)
/* The size of a struct up to a member, inclusive: MORTISE_SIZE_TO(mortise_reply, body). */
#define MORTISE_SIZE_TO(type, member) (offsetof(type, member) + sizeof(((type*)0)->member))

#endif
