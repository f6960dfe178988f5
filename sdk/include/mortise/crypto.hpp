// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/service/crypto.h>

#include <array>

namespace mortise {
inline namespace v1 {

using Sha256 = std::array<std::uint8_t, MORTISE_SHA256_SIZE>;

// A key for HMAC-SHA256, made once and wiped with its last copy. Signing is safe on any thread. Must not outlive the
// plugin.
class HmacKey {
public:
    HmacKey() = default;

    explicit operator bool() const noexcept { return key_ != nullptr; }

    Sha256 sign(std::string_view data) const {
        Sha256 mac{};
        if (!key_) throw Absent("an HMAC key");
        detail::raise(service_.table.hmac_sha256(service_.self, key_->get(), view(data), mac.data()), "hmac_sha256");
        return mac;
    }

private:
    friend class Crypto;
    HmacKey(const detail::Service<mortise_crypto_table>& service, mortise_hmac_key* key)
        : service_(service),
          key_(detail::Shared<detail::HostHandle<mortise_hmac_key>>::make(key, service.table.hmac_key_free,
                                                                          service.self)) {}

    detail::Service<mortise_crypto_table> service_;
    detail::Shared<detail::HostHandle<mortise_hmac_key>> key_;
};

// mortise.crypto/1. Any thread unless said otherwise; throws Error when the host refuses.
class Crypto {
public:
    explicit Crypto(const detail::Runtime& runtime) noexcept
        : service_(detail::resolve<mortise_crypto_table>(runtime.host, MORTISE_CRYPTO_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // From the kernel's generator.
    void random(void* out, std::size_t size) const {
        need(service_.table.random_bytes != nullptr);
        detail::raise(service_.table.random_bytes(service_.self, out, size), "random_bytes");
    }
    std::string random(std::size_t size) const {
        std::string bytes(size, '\0');
        random(bytes.data(), size);
        return bytes;
    }
    // UUIDv7, lower case, increasing within the process.
    std::string uuid7() const {
        need(service_.table.uuid7 != nullptr);
        std::string text(MORTISE_UUID_TEXT_SIZE, '0');
        service_.table.uuid7(service_.self, text.data());
        return text;
    }
    HmacKey hmacKey(std::string_view secret) const {
        need(service_.table.hmac_key_make != nullptr && service_.table.hmac_key_free != nullptr &&
             service_.table.hmac_sha256 != nullptr);
        mortise_hmac_key* const key = service_.table.hmac_key_make(service_.self, view(secret));
        if (key == nullptr) throw Error("hmac_key_make failed");
        return HmacKey(service_, key);
    }
    Sha256 sha256(std::string_view data) const {
        need(service_.table.sha256 != nullptr);
        Sha256 digest{};
        detail::raise(service_.table.sha256(service_.self, view(data), digest.data()), "sha256");
        return digest;
    }
    // The time depends on the sizes only.
    bool equal(std::string_view left, std::string_view right) const {
        need(service_.table.equal != nullptr);
        return service_.table.equal(service_.self, view(left), view(right)) != 0;
    }
    // [control], from `start` on: random bytes kept under `name` ([a-z0-9_-]) in the state directory, mode 0600.
    std::string storedSecret(std::string_view name, std::size_t size = 32) const {
        need(service_.table.stored_secret != nullptr);
        std::string secret(size, '\0');
        detail::ErrorText error;
        const mortise_status status = service_.table.stored_secret(
            service_.self, view(name), reinterpret_cast<std::uint8_t*>(secret.data()), size, error.raw());
        detail::raise(status, "stored_secret", error);
        return secret;
    }

private:
    static void need(bool present) {
        if (!present) throw Absent(MORTISE_CRYPTO_SERVICE);
    }

    detail::Service<mortise_crypto_table> service_;
};

inline Crypto PluginBase::crypto() const noexcept {
    return Crypto(runtime_);
}

} // namespace v1
} // namespace mortise
