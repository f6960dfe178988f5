/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.json/1, given by the host: JSON text to a tape (abi/json_node.h), checked against a schema when wanted; and
 * the same check for tapes that a plugin made.
 */
#ifndef MORTISE_SERVICE_JSON_H
#define MORTISE_SERVICE_JSON_H

#include <mortise/abi/json_node.h>
#include <mortise/abi/types.h>
#include <mortise/service/exchange.h>

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
    /* [any] Checks `tape` against `schema` (NULL: none) as a part of a request is checked, fills defaults in and calls
     * `use` once with the result, a copy that is borrowed for that call; members that the schema does not know stay,
     * for decoders to skip. `in` is where details say that the value came from: "body", "query", "path", "header" or
     * "cookie". MORTISE_INVALID: `use` was not called; what failed was shown to `detail` (NULL: nobody), one call for
     * each failure, of which there are 100 at most. Without a detail: `tape` is not what json_node.h describes, `in` is
     * another text, or `tape` or `use` is NULL. May call back before it returns: `detail` and `use`, from which may be
     * called: as the caller. */
    mortise_status (*check)(void *self, const mortise_json_tape *tape, const mortise_json_schema *schema,
                            mortise_view in, void (*detail)(void *context, const mortise_error_detail *detail),
                            void (*use)(void *context, const mortise_json_tape *checked), void *context);
} mortise_json_table;

#ifdef __cplusplus
}
#endif

#endif
