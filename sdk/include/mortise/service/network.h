/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.network/1, given by the host: lists of networks ("127.0.0.0/8", "::1", "unix"), matched as server.trusted_proxies.
 */
#ifndef MORTISE_SERVICE_NETWORK_H
#define MORTISE_SERVICE_NETWORK_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_NETWORK_SERVICE "mortise.network/1"

typedef struct mortise_network_list mortise_network_list;

typedef struct mortise_network_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] "loopback" stands for 127.0.0.0/8, ::1 and local sockets. MORTISE_INVALID names the entry that is not one. */
    mortise_status (*list_make)(void *self, const mortise_view *entries, uint32_t entry_count,
                                mortise_network_list **list, mortise_error *error);
    void (*list_free)(void *self, mortise_network_list *list);
    /* [any] 1 when `address` (as mortise_request.client_address) is in the list. To decide about a request that has
     * MORTISE_REQUEST_CLIENT_UNKNOWN ask for "::" instead, nobody's address, which is in no sensible list. */
    uint32_t (*contains)(void *self, const mortise_network_list *list, mortise_view address);
} mortise_network_table;

#ifdef __cplusplus
}
#endif

#endif
