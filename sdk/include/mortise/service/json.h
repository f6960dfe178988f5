/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.json/1, given by the host: JSON text to a tape (abi/json_node.h), checked against a schema when wanted.
 */
#ifndef MORTISE_SERVICE_JSON_H
#define MORTISE_SERVICE_JSON_H

#include <mortise/abi/json_node.h>
#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_JSON_SERVICE "mortise.json/1"

typedef struct mortise_json_schema mortise_json_schema;

typedef struct mortise_json_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Compiles a JSON Schema text; MORTISE_INVALID with the JSON pointer of the fault. */
    mortise_status (*schema_make)(void *self, mortise_view text, mortise_json_schema **schema, mortise_error *error);
    void (*schema_free)(void *self, mortise_json_schema *schema);
    /* [any] Parses `text`, checks it against `schema` (NULL: none), fills defaults in and calls `use` with the tape,
     * which is borrowed for that call. MORTISE_INVALID with a message when it does not parse or pass: `use` was not
     * called. MORTISE_INVALID without a message: `use` is NULL. May call back before it returns: `use`, from which may
     * be called: as the caller. */
    mortise_status (*parse)(void *self, mortise_view text, const mortise_json_schema *schema,
                            void (*use)(void *context, const mortise_json_tape *tape), void *context,
                            mortise_error *error);
} mortise_json_table;

#ifdef __cplusplus
}
#endif

#endif
