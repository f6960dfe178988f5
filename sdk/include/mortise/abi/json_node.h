/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MORTISE_ABI_JSON_NODE_H
#define MORTISE_ABI_JSON_NODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A parsed JSON document is an array of nodes in document order, and one block of text that they point into.
 *
 *   {"name":"Ada","tags":["x",1.50]}
 *
 *   node  kind     skip  length  text
 *   0     OBJECT   7     2                 two members
 *   1     STRING   1     4       name      a key ...
 *   2     STRING   1     3       Ada       ... is followed by its value
 *   3     STRING   1     4       tags
 *   4     ARRAY    3     2                 two elements
 *   5     STRING   1     1       x
 *   6     NUMBER   1     4       1.50      as it was written
 *
 * node + 1 is the first child of a non-empty container; node + node->skip is the next sibling, so a subtree is
 * stepped over without looking inside. Nesting is bounded by the host (64 by default).
 * A key occurs once in an object: of duplicates the last one is kept, at the place of the last one. */

/* since 1.0 */
#define MORTISE_JSON_NULL 0u
#define MORTISE_JSON_FALSE 1u
#define MORTISE_JSON_TRUE 2u
#define MORTISE_JSON_INTEGER 3u /* no fraction, no exponent; within int64_t or uint64_t */
#define MORTISE_JSON_NUMBER 4u  /* with fraction or exponent; finite as a double */
#define MORTISE_JSON_STRING 5u
#define MORTISE_JSON_ARRAY 6u
#define MORTISE_JSON_OBJECT 7u

/* Of a node. Unknown flags are to be ignored. */
/* since 1.0 */
#define MORTISE_JSON_HAS_NUL 0x01u   /* STRING: contains U+0000 */
#define MORTISE_JSON_FROM_TEXT 0x02u /* came from a form, a query or a path, typed by the schema */
#define MORTISE_JSON_DEFAULTED 0x04u /* was absent; the schema's default stands in */
#define MORTISE_JSON_FILE 0x08u      /* STRING: an uploaded file; the text is its place in mortise_request.parts */

/* Of a tape. */
/* since 1.0 */
#define MORTISE_JSON_TAPE_HAS_NUL 0x01u /* some string or key contains U+0000 */

/* One value or key, 16 bytes. Frozen. */
typedef struct mortise_json_node {
    /* since 1.0 */
    uint8_t kind;      /* MORTISE_JSON_NULL ... MORTISE_JSON_OBJECT */
    uint8_t flags;     /* MORTISE_JSON_HAS_NUL ... */
    uint16_t reserved; /* 0 */
    uint32_t skip;     /* nodes of this subtree, itself included; 1 for everything but containers */
    uint32_t offset;   /* STRING, INTEGER, NUMBER: where its bytes begin in the text; otherwise 0 */
    uint32_t length;   /* STRING: bytes of the unescaped UTF-8; INTEGER, NUMBER: bytes of the number as it was written;
                          ARRAY: elements; OBJECT: members; otherwise 0 */
} mortise_json_node;

/* A document, borrowed from the host. Nodes and text live as long as what handed them out says (for a request: until
 * its terminal call). Strings are not terminated. nodes[0] is the root; node_count is at least 1. */
typedef struct mortise_json_tape {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t flags; /* MORTISE_JSON_TAPE_HAS_NUL ... */
    uint32_t node_count;
    uint32_t text_size; /* bytes */
    const mortise_json_node *nodes;
    const char *text;
} mortise_json_tape;

/* [any] The next sibling of `node`; one past the container's end for the last one. */
static inline const mortise_json_node *mortise_json_next(const mortise_json_node *node) {
    return node + node->skip;
}

#ifdef __cplusplus
}
/* since 1.0 */
#define MORTISE_JSON_ASSERT(condition, text) static_assert(condition, text)
#else
#define MORTISE_JSON_ASSERT(condition, text) _Static_assert(condition, text)
#endif

MORTISE_JSON_ASSERT(sizeof(mortise_json_node) == 16, "the stride of a node is frozen");
MORTISE_JSON_ASSERT(offsetof(mortise_json_node, flags) == 1, "layout of a node");
MORTISE_JSON_ASSERT(offsetof(mortise_json_node, reserved) == 2, "layout of a node");
MORTISE_JSON_ASSERT(offsetof(mortise_json_node, skip) == 4, "layout of a node");
MORTISE_JSON_ASSERT(offsetof(mortise_json_node, offset) == 8, "layout of a node");
MORTISE_JSON_ASSERT(offsetof(mortise_json_node, length) == 12, "layout of a node");
MORTISE_JSON_ASSERT(offsetof(mortise_json_tape, nodes) == 16, "layout of a tape");
MORTISE_JSON_ASSERT(offsetof(mortise_json_tape, text) == 16 + sizeof(void*), "layout of a tape");
#undef MORTISE_JSON_ASSERT

#endif
