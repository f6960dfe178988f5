// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/constant_time.hpp"
#include "base/hmac_sha256.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "base/uuid.hpp"

#include <mortise/service/crypto.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct mortise_hmac_key {
    mortise::base::HmacSha256 hmac;
};

namespace mortise::test {

// mortise.crypto/1 for one thread; a stored secret is its name, repeated.
class FakeCrypto {
public:
    FakeCrypto() {
        table_.struct_size = sizeof table_;
        table_.random_bytes = [](void*, void* out, std::uint64_t size) -> mortise_status {
            base::fillRandom(out, size);
            return MORTISE_OK;
        };
        table_.uuid7 = [](void* self, char* out) { static_cast<FakeCrypto*>(self)->uuids_.next().write(out); };
        table_.hmac_key_make = [](void*, mortise_view secret) -> mortise_hmac_key* {
            return std::make_unique<mortise_hmac_key>(mortise_hmac_key{base::HmacSha256(textOfView(secret))}).release();
        };
        table_.hmac_key_free = [](void*, mortise_hmac_key* key) { const std::unique_ptr<mortise_hmac_key> owned(key); };
        table_.hmac_sha256 = [](void*, const mortise_hmac_key* key, mortise_view data,
                                std::uint8_t* out) -> mortise_status {
            const auto digest = key->hmac.copy().sign(textOfView(data));
            std::memcpy(out, digest.data(), digest.size());
            return MORTISE_OK;
        };
        table_.sha256 = [](void*, mortise_view data, std::uint8_t* out) -> mortise_status {
            const auto digest = base::sha256(textOfView(data));
            std::memcpy(out, digest.data(), digest.size());
            return MORTISE_OK;
        };
        table_.equal = [](void*, mortise_view left, mortise_view right) -> std::uint32_t {
            return base::constantTimeEqual(textOfView(left), textOfView(right)) ? 1 : 0;
        };
        table_.stored_secret = [](void* self, mortise_view name, std::uint8_t* out, std::uint64_t size,
                                  mortise_error*) -> mortise_status {
            static_cast<FakeCrypto*>(self)->stored.emplace_back(textOfView(name));
            for (std::uint64_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(name.data[i % name.size]);
            return MORTISE_OK;
        };
    }

    const mortise_crypto_table* table() const { return &table_; }
    std::vector<std::string> stored; // names asked for

private:
    static std::string_view textOfView(mortise_view view) { return {view.data, static_cast<std::size_t>(view.size)}; }

    mortise_crypto_table table_{};
    base::Uuid7Source uuids_;
};

} // namespace mortise::test
