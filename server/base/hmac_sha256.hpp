// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/sha256.hpp"

#include <memory>
#include <string_view>

struct evp_mac_ctx_st;

namespace mortise::base {

// HMAC-SHA-256 (RFC 2104) with one key, whose schedule is kept: a quarter of the price of a one-shot call.
// Not for two threads at once: give each its own copy(). Throws std::runtime_error only when OpenSSL cannot allocate.
class HmacSha256 {
public:
    // The key is copied into OpenSSL's context, which clears it at the end. Any length, empty included.
    explicit HmacSha256(std::string_view key);
    HmacSha256(HmacSha256&&) noexcept = default;
    HmacSha256& operator=(HmacSha256&&) noexcept = default;

    HmacSha256 copy() const;
    Sha256Digest sign(std::string_view message);
    // Constant-time in the signature's content.
    bool verify(std::string_view message, std::string_view signature);

private:
    struct Free {
        void operator()(evp_mac_ctx_st* context) const noexcept;
    };
    explicit HmacSha256(evp_mac_ctx_st* context) noexcept : context_(context) {}

    std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

} // namespace mortise::base
