/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services and contributions whose tables are made from a description: the shape of them all is mortise_typed_table,
 * whatever the id of the service or the extension point. Methods cross by number, with arrays of tagged values. In C++ see
 * typed_service.hpp; a plugin in C fills and calls the table itself.
 *
 * A description has one line a method, in the order of their numbers: "name(arguments)result". Types are i (integer), n
 * (number), t (text), a trailing ? (may be null), [x] (list), {x,y} (struct, by the order of its members) and - (no result):
 *   shorten(t,i)t
 *   find(t){t,i}?
 * A line "-" stands for a method that this side does not have. Methods, arguments and members are appended only. Two descriptions go together when every method that both have has the
 * same name and its types are the same but for what one side has more at the end of arguments or members: what is unknown is
 * ignored, what is missing reads as its default. Lists and structs that both have are at most 64 deep in each other, else
 * the descriptions do not go together. Who is given the table compares: a consumer when it starts, the definer of
 * an extension point in `build`, where it refuses a contribution that does not go together.
 */
#ifndef MORTISE_SERVICE_TYPED_H
#define MORTISE_SERVICE_TYPED_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_VALUE_NULL 0u
#define MORTISE_VALUE_INTEGER 1u /* booleans are 0 and 1 */
#define MORTISE_VALUE_NUMBER 2u
#define MORTISE_VALUE_TEXT 3u
#define MORTISE_VALUE_LIST 4u
#define MORTISE_VALUE_STRUCT 5u

/* One value; what its kind does not need is zero. Frozen. */
typedef struct mortise_value {
    /* since 1.0 */
    uint32_t kind;  /* MORTISE_VALUE_NULL … */
    uint32_t count; /* LIST: items, STRUCT: members */
    int64_t integer;
    double number;
    mortise_view text;
    const struct mortise_value *items;
} mortise_value;

typedef struct mortise_typed_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    mortise_view description;
    uint64_t description_hash; /* FNV-1a, 64 bits, of the description: equal ones need no comparison */
    /* Tagged as the service says, [worker] unless it does. Method `method` (from 0); what it returns is shown to
     * `visit` once, before the call returns, and never after a failure. Arguments are borrowed for the call, the result
     * for the visit. MORTISE_UNSUPPORTED: it has no such method. May call back before it returns: `visit`, from which
     * may be called: as the caller. From the call itself may be called: as tagged. */
    mortise_status (*call)(void *self, uint32_t method, const mortise_value *arguments, uint32_t count,
                           void (*visit)(void *context, const mortise_value *result), void *context,
                           mortise_error *error);
} mortise_typed_table;

#ifdef __cplusplus
}
#endif

#endif
