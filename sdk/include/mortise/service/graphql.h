/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types and fields for GraphQL, contributed by the plugins that own the data to the extension point of the plugin
 * `graphql` (see contributions.h). That plugin joins the SDL of all contributions to one schema, once a generation, and
 * serves it: it parses, validates, plans, bounds and executes operations, and calls the functions below for values.
 *
 * An operation runs on one thread at a time, on behalf of one request's turn. It is placed by the strictest of its
 * fields: on the event loop only where every field that it selects may run there. A field of placement
 * MORTISE_PLACEMENT_DATABASE_READ that stands below a list is one for a worker.
 *
 * A value is a cell. Objects are handles, numbers of the contributor's own: most often the address of a row that it
 * hands to `own` of the call. Whoever contributes an object type may give its rows a key, a text; others then return
 * objects of that type by their key, and read the key of a parent of that type.
 */
#ifndef MORTISE_SERVICE_GRAPHQL_H
#define MORTISE_SERVICE_GRAPHQL_H

#include <mortise/abi/exchange.h>
#include <mortise/service/exchange.h>
#include <mortise/service/routes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Extension point of the plugin `graphql`; of the table type mortise_graphql_types. A plugin contributes once, under
 * any name. */
/* since 1.0 */
#define MORTISE_GRAPHQL_POINT "mortise.graphql.types/1"

/* Kinds of cells. */
/* since 1.0 */
#define MORTISE_GRAPHQL_NULL 0u
#define MORTISE_GRAPHQL_BOOLEAN 1u /* in `integer`: 0 or 1 */
#define MORTISE_GRAPHQL_INTEGER 2u
#define MORTISE_GRAPHQL_NUMBER 3u
#define MORTISE_GRAPHQL_TEXT 4u   /* UTF-8; of an enumeration the name of a value */
#define MORTISE_GRAPHQL_JSON 5u   /* JSON that is written as it is: for scalars that SDL defines only */
#define MORTISE_GRAPHQL_OBJECT 6u /* in `handle`: what the resolvers of its fields get as parent */
#define MORTISE_GRAPHQL_KEY 7u    /* in `text`: the key of an object of an object type that has keys, whoever has it */

/* One value. Texts are borrowed until the operation has ended: see keep_text. Frozen. */
typedef struct mortise_graphql_cell {
    /* since 1.0 */
    uint32_t kind; /* MORTISE_GRAPHQL_NULL … */
    /* TEXT, JSON, KEY: bytes. OBJECT where the type of the field is an interface or a union: one more than the place of
     * the object's type in `type_names` of the contribution; else 0. */
    uint32_t size;
    union {
        int64_t integer;
        double number;
        const char *text;
        uint64_t handle;
    } value;
} mortise_graphql_cell;

/* A field of all objects of one type in one place of the response, which are its parents; or keys whose objects are
 * wanted. Made by the provider. It and what it points to stay until the field is complete: until the function has
 * returned and, where that returned MORTISE_PENDING, until `complete` has; where the operation is cancelled, too. */
typedef struct mortise_graphql_call {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t count;              /* of cells, at least 1; of parents or keys, too */
    mortise_graphql_cell *cells; /* to be written, one per parent or key; all null before */
    const uint64_t *parents;     /* handles; of a field of Query or Mutation one 0; NULL where keys are loaded */
    const mortise_view *keys; /* of `load`, and of the parents of a field with MORTISE_GRAPHQL_PARENT_KEYS; else NULL */
    const mortise_json_tape *arguments;      /* an object of the coerced arguments; NULL: the field has none */
    const mortise_json_tape *const *checked; /* by check of the field: what passed, with defaults, unknown members
                                              * dropped; NULL: it has none */
    const mortise_view *selected; /* names of the fields that are selected below, each once; of all types it can be */
    uint32_t selected_count;
    uint32_t reserved;
    const mortise_principal *principal; /* NULL: nobody */
    mortise_exchange turn;              /* of the request; for mortise.database/1 and all that take a turn */
    /* The field's own, for what `prepare` hands to `resolve`; NULL before. */
    void **state;
    const struct mortise_graphql_call_table *table;
} mortise_graphql_call;

/* What may be done with a call, by the thread that has it: between the beginning of the function and its return or,
 * after MORTISE_PENDING, `complete`. Memory is bounded: past that bound the operation ends with an error, and what is
 * written is dropped. None of it calls back. */
typedef struct mortise_graphql_call_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] Makes the value of cell `place` a list: what is added until end_list are its items. A list that is begun
     * while one is open is an item of that; `place` then counts for nothing. MORTISE_INVALID: no such cell, or nothing
     * is open. */
    mortise_status (*begin_list)(const mortise_graphql_call *call, uint32_t place);
    mortise_status (*add)(const mortise_graphql_call *call, const mortise_graphql_cell *items, uint32_t count);
    mortise_status (*end_list)(const mortise_graphql_call *call);
    /* [any] The value of cell `place`, or with UINT32_MAX of all of them, is an error: its message and its code
     * (`extensions.code`, in capitals; by status where it is empty) are what the client reads, of 500 as in REST;
     * details are `extensions.validationErrors`. Fields are not sent. Copied. */
    mortise_status (*fail)(const mortise_graphql_call *call, uint32_t place, const mortise_error_reply *error);
    /* [any] A copy that stays until the operation has ended. */
    mortise_view (*keep_text)(const mortise_graphql_call *call, mortise_view text);
    /* [any] `release(object)` is called once, when the operation has ended, on any thread; where this is not MORTISE_OK
     * nothing is kept. From `release` may be called: what is [any]. */
    mortise_status (*own)(const mortise_graphql_call *call, void *object, void (*release)(void *object));
    /* [any] Once for each function that returned MORTISE_PENDING, from any thread, also before that return: MORTISE_OK,
     * and the cells are read, or why there are none. After it `call` is gone. The operation continues on a worker. */
    void (*complete)(const mortise_graphql_call *call, mortise_status outcome);
} mortise_graphql_call_table;

/* [loop] or [worker], as the field's placement says; several operations call concurrently. MORTISE_OK: the cells are
 * written. MORTISE_PENDING: `complete` is owed. MORTISE_BUSY: on a loop, before any effect: the operation is run again
 * on a worker; elsewhere an error of the field, as a 503. Any other status is an error of the field, as a 500, and
 * logged with the name of the plugin. From it may be called: as tagged. */
typedef mortise_status (*mortise_graphql_function)(void *context, const mortise_graphql_call *call);

/* Arguments that are checked before the field's functions are called: by the host's validator, as a part of a REST
 * request is. What does not pass is an error with code BAD_USER_INPUT and the details of all checks. Element of an
 * array with a stride. */
typedef struct mortise_graphql_check {
    /* since 1.0 */
    mortise_view argument; /* the value of this one; empty: the object of all arguments */
    mortise_view in;       /* what details call it: "body", "query", "path" */
    mortise_view schema;   /* JSON Schema 2020-12 text */
} mortise_graphql_check;

/* Flags of a field. */
/* since 1.0 */
#define MORTISE_GRAPHQL_AUTHENTICATED 1u /* without a principal: an error with code UNAUTHENTICATED */
/* The operator may open it: it needs no principal where the plugin `graphql` has open_queries = true. */
#define MORTISE_GRAPHQL_OPENABLE 2u
#define MORTISE_GRAPHQL_PARENT_KEYS 4u /* `keys` of the call are those of the parents, whose type has keys */
/* Of Mutation: `resolve` runs within a transaction of mortise.database/1 of its own, which transact and respond of
 * whoever is called join; more than once where the database gives that up: then with null cells again. It must not
 * return MORTISE_PENDING: what has to be waited for waits in `prepare`. An error of its cell rolls back. */
#define MORTISE_GRAPHQL_TRANSACTION 8u

/* A field with a resolver. Element of an array with a stride. */
typedef struct mortise_graphql_field {
    /* since 1.0 */
    mortise_view type; /* an object type, whoever contributed it */
    mortise_view name;
    uint32_t flags;     /* MORTISE_GRAPHQL_AUTHENTICATED … */
    uint32_t placement; /* MORTISE_PLACEMENT_…; of Mutation always on a worker */
    mortise_view role;  /* a role that the principal must have, else FORBIDDEN; or empty */
    /* The route that does the same, "POST /api/users", or empty. Of Mutation: what limits requests counts each such
     * field as a request to it. */
    mortise_view twin;
    const mortise_graphql_check *checks;
    uint32_t check_count;
    uint32_t check_size; /* the stride of checks */
    void *context;       /* first argument of the functions */
    /* Called before resolve, outside of any transaction; or NULL. An error in a cell is the field's, and resolve is not
     * called. */
    mortise_graphql_function prepare;
    mortise_graphql_function resolve;
} mortise_graphql_field;

/* An object type whose rows have keys. Element of an array with a stride. */
typedef struct mortise_graphql_type {
    /* since 1.0 */
    mortise_view name;  /* defined by the same contribution */
    uint32_t placement; /* of load */
    uint32_t reserved;
    void *context; /* first argument of the functions */
    /* [any] The key of the row `handle`, borrowed until the operation has ended. From it may be called: what is [any].
     */
    mortise_status (*key)(void *context, uint64_t handle, mortise_view *key);
    /* Writes for each of the call's keys, which are distinct, a cell of kind OBJECT, or null: there is none. NULL:
     * nobody else returns objects of the type. */
    mortise_graphql_function load;
} mortise_graphql_type;

/* Table of a contribution; all of it lives as long as the instance. */
typedef struct mortise_graphql_types {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* Definitions and extensions: `type Post {…}`, `extend type Query {…}`, `extend type User {…}` of another's type.
     * Query, Mutation, `scalar DateTimeISO` and `directive @cost(weight: Int!) on FIELD_DEFINITION` are there already.
     * The directive says what the field counts in the cost of an operation, 1 where it has none, and is not shown to
     * clients. What is within a list counts as often as its argument of type Int says that is called `limit`, `first`
     * or `last`, up to the `maximum` of that in a check of the field; 10 times where it has none of these. Where two
     * plugins define one name the start or the reload is rejected. */
    mortise_view sdl;
    const mortise_graphql_field *fields; /* every field that the SDL adds to an object type, once */
    const mortise_graphql_type *types;
    const mortise_view *type_names; /* what cells of interfaces and unions count in */
    uint32_t field_count;
    uint32_t field_size; /* the stride of fields */
    uint32_t type_count;
    uint32_t type_size; /* the stride of types */
    uint32_t type_name_count;
    uint32_t reserved2;
} mortise_graphql_types;

#ifdef __cplusplus
}
#endif

#endif
