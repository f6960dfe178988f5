/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.users/1, given by the plugin `users`: the table of users for other plugins.
 */
#ifndef MORTISE_SERVICE_USERS_H
#define MORTISE_SERVICE_USERS_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_USERS_SERVICE "mortise.users/1"

typedef struct mortise_user {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    mortise_view id; /* UUIDv7, lower case */
    mortise_view name;
    mortise_view email;         /* as typed */
    mortise_view role;          /* "user" or "admin" */
    mortise_view password_hash; /* only from find_by_email; never shown, never logged */
    int64_t created_ms;         /* Unix time */
    /* One more with every change of the password, 0 before the first: tokens of another epoch are void. A provider
     * whose struct ends before it, or whose table has no renew_password_hash, keeps none. */
    int64_t token_epoch;
} mortise_user;

/* since 1.0 */
#define MORTISE_PROFILE_BIO 1u /* which members of a profile are there; others are NULL in the table */
#define MORTISE_PROFILE_AVATAR 2u

typedef struct mortise_profile {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t flags; /* MORTISE_PROFILE_… */
    mortise_view bio;
    mortise_view avatar; /* an http or https URL */
} mortise_profile;

/* A user who is made; the caller has validated all of it. */
typedef struct mortise_new_user {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    mortise_view name;
    mortise_view email;
    mortise_view password_hash;
    const mortise_profile *profile; /* NULL: none */
} mortise_new_user;

/* [worker] or [loop] The thread of the look-up. `user` is borrowed for the call. From it may be called: as the
 * caller, but not the database: it may be inside of a read. */
typedef void (*mortise_user_visitor)(void *context, const mortise_user *user);

/* May call back before it returns: each function that has one its `visit`. */
typedef struct mortise_users_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [loop] where mortise.database/1 reads on loops, else [worker]. MORTISE_OK after one call of `visit`,
     * MORTISE_ABSENT, MORTISE_BUSY on a loop: try again on a worker. */
    mortise_status (*find_by_id)(void *self, mortise_view id, mortise_user_visitor visit, void *context,
                                 mortise_error *error);
    /* [worker] By the ASCII-lowered form. */
    mortise_status (*find_by_email)(void *self, mortise_view email, mortise_user_visitor visit, void *context,
                                    mortise_error *error);
    /* [worker] Stores a user, and the profile with it, on behalf of `turn`, as with transact of mortise.database/1, and
     * then visits the new user; durable when it returns, or with the transaction whose body the caller is in.
     * MORTISE_CONFLICT: the address is taken. MORTISE_STALE: the host has ended the request, nothing is stored. */
    mortise_status (*create)(void *self, mortise_exchange turn, const mortise_new_user *user,
                             mortise_user_visitor visit, void *context, mortise_error *error);
    /* [worker] Stores `password_hash`, of another password, in the place of `expected`, as `create` does, and in the
     * same transaction the next token_epoch. MORTISE_ABSENT: there is no such user, or its hash is another one by now.
     * Where both are the same nothing of the user changes, and in a transaction nobody else changes the hash before its
     * end: what is stored beside it belongs to this hash. */
    mortise_status (*set_password_hash)(void *self, mortise_exchange turn, mortise_view id, mortise_view expected,
                                        mortise_view password_hash, mortise_error *error);
    /* [worker] The same for another hash of the same password: token_epoch stays. NULL: the provider keeps no epochs.
     */
    mortise_status (*renew_password_hash)(void *self, mortise_exchange turn, mortise_view id, mortise_view expected,
                                          mortise_view password_hash, mortise_error *error);
} mortise_users_table;

#ifdef __cplusplus
}
#endif

#endif
