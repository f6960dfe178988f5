// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace mortise::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4) over pieces. One thread at a time. Throws std::runtime_error only when OpenSSL cannot allocate.
class Sha256 {
public:
    Sha256();

    void update(std::string_view bytes);
    // The digest of all pieces; the object then starts afresh.
    Sha256Digest finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Sha256Digest sha256(std::string_view bytes);

// 64 lower-case hexadecimal digits.
std::string hexText(const Sha256Digest& digest);

} // namespace mortise::base
