// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/crypto.hpp>
#include <mortise/request.hpp>

#include <string>
#include <string_view>

namespace mortise::idempotency {

/// What the table knows a key and its request by, in lower-case hex. Nothing of either can be read from it, nor tried
/// without the secret.
struct KeyDigests {
    std::string id;
    std::string fingerprint; // of method, path, query and body
    std::string caller;      // as callerDigest; empty: nobody knows
};

/// What all keys of a caller have in common.
std::string callerDigest(const mortise::HmacKey& secret, std::string_view userId);

/// A key is its caller's; of callers that nobody knows the fingerprint is part of it, so that another body is another
/// request.
KeyDigests digestsOf(const mortise::HmacKey& secret, std::string_view key, std::string_view userId,
                     const mortise_request& request);

} // namespace mortise::idempotency
