// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/crypto.h>

#include <string_view>

namespace mortise::base {

// Takes the same time wherever the two differ. Unequal lengths are told at once: a length is no secret.
inline bool constantTimeEqual(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

} // namespace mortise::base
