/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.crypto/1, given by the host: random bytes, ids, HMAC, secrets that outlive the process.
 */
#ifndef MORTISE_SERVICE_CRYPTO_H
#define MORTISE_SERVICE_CRYPTO_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_CRYPTO_SERVICE "mortise.crypto/1"
#define MORTISE_UUID_TEXT_SIZE 36u
#define MORTISE_SHA256_SIZE 32u

typedef struct mortise_hmac_key mortise_hmac_key;

typedef struct mortise_crypto_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] From the kernel's generator. */
    mortise_status (*random_bytes)(void *self, void *out, uint64_t size);
    /* [any] UUIDv7 (RFC 9562 section 5.7), lower case, increasing within the process. Writes MORTISE_UUID_TEXT_SIZE bytes. */
    void (*uuid7)(void *self, char *out);
    /* [any] HMAC-SHA256 (RFC 2104) with a key made once. The key is wiped by hmac_key_free. */
    mortise_hmac_key *(*hmac_key_make)(void *self, mortise_view secret);
    void (*hmac_key_free)(void *self, mortise_hmac_key *key);
    /* [any] Writes MORTISE_SHA256_SIZE bytes. */
    mortise_status (*hmac_sha256)(void *self, const mortise_hmac_key *key, mortise_view data, uint8_t *out);
    /* [any] SHA-256 of data; writes MORTISE_SHA256_SIZE bytes. */
    mortise_status (*sha256)(void *self, mortise_view data, uint8_t *out);
    /* [any] 1 when equal; time depends on the sizes only. */
    uint32_t (*equal)(void *self, mortise_view left, mortise_view right);
    /* [control] From `start` on: the secret of this name, made with `size` random bytes at the first call ever and kept in
     * the state directory (mode 0600). `name` is [a-z0-9_-]. Writes `size` bytes. */
    mortise_status (*stored_secret)(void *self, mortise_view name, uint8_t *out, uint64_t size, mortise_error *error);
} mortise_crypto_table;

#ifdef __cplusplus
}
#endif

#endif
