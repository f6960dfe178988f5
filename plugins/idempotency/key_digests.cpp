// SPDX-License-Identifier: Apache-2.0
#include "key_digests.hpp"

#include <initializer_list>

namespace mortise::idempotency {
namespace {

// No two lists of parts are one text: each part comes after its size.
std::string sign(const HmacKey& secret, std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text.append(std::to_string(part.size())).append(1, ':').append(part);
    std::string hex;
    for (const std::uint8_t byte : secret.sign(text)) {
        hex.push_back("0123456789abcdef"[byte >> 4]);
        hex.push_back("0123456789abcdef"[byte & 15]);
    }
    return hex;
}

} // namespace

std::string callerDigest(const HmacKey& secret, std::string_view userId) {
    return sign(secret, {"caller", userId});
}

KeyDigests digestsOf(const HmacKey& secret, std::string_view key, std::string_view userId,
                     const mortise_request& request) {
    KeyDigests digests;
    digests.fingerprint =
        sign(secret, {"request", text(request.method), text(request.path), text(request.query), text(request.body)});
    if (!userId.empty()) digests.caller = callerDigest(secret, userId);
    digests.id =
        userId.empty() ? sign(secret, {"anonymous", key, digests.fingerprint}) : sign(secret, {"user", userId, key});
    return digests;
}

} // namespace mortise::idempotency
