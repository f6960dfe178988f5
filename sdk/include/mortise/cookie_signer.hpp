// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/cookie.hpp>
#include <mortise/crypto.hpp>
#include <mortise/request.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// Cookies that a client can read but neither change nor move to another name: `value.signature`, the signature being
// HMAC-SHA256 over both. Says nothing of age: what ends has its end inside the value. Safe on any thread.
class CookieSigner {
public:
    static constexpr std::size_t leastSecret = 32; // bytes

    CookieSigner() = default;
    // The first secret signs; all of them are accepted, so that a new one goes in front and the old one goes when its
    // cookies have. Throws Invalid when there is none or one is short, Absent without mortise.crypto/1.
    CookieSigner(const Crypto& crypto, const std::vector<std::string>& secrets) : crypto_(crypto) {
        if (secrets.empty()) throw Invalid("signing cookies needs a secret");
        for (const std::string& secret : secrets) {
            if (secret.size() < leastSecret) throw Invalid("a secret that signs cookies has at least 32 bytes");
            keys_.push_back(crypto.hmacKey(secret));
        }
    }

    Cookie sign(std::string name, std::string_view value) const {
        if (keys_.empty()) throw Absent("a secret that signs cookies");
        std::string signedValue(value);
        signedValue.append(1, '.').append(signature(keys_.front(), name, value));
        return Cookie(std::move(name), std::move(signedValue));
    }
    // What was signed under that name; nothing of anything else.
    std::optional<std::string_view> verify(std::string_view name, std::string_view signedValue) const {
        const std::size_t dot = signedValue.rfind('.');
        if (dot == std::string_view::npos || !crypto_) return std::nullopt;
        const std::string_view value = signedValue.substr(0, dot);
        bool good = false;
        for (const HmacKey& key : keys_)
            good = crypto_->equal(signature(key, name, value), signedValue.substr(dot + 1)) || good;
        if (!good) return std::nullopt;
        return value;
    }
    std::optional<std::string_view> read(const Request& request, std::string_view name) const {
        const std::optional<std::string_view> sent = request.cookie(name);
        return sent ? verify(name, *sent) : std::nullopt;
    }

private:
    // A name has no '=', so that a pair has one reading only; the prefix parts it from other uses of the secret.
    static std::string signature(const HmacKey& key, std::string_view name, std::string_view value) {
        std::string pair = "cookie:";
        pair.append(name).append(1, '=').append(value);
        return base64url(key.sign(pair));
    }
    static std::string base64url(const Sha256& bytes) { // RFC 4648 section 5, without padding
        constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        std::string out;
        unsigned bits = 0;
        unsigned held = 0;
        for (const unsigned byte : bytes) {
            bits = (bits << 8 | byte) & 0xffffu;
            for (held += 8; held >= 6; held -= 6) out.push_back(digits[bits >> (held - 6) & 63u]);
        }
        if (held != 0) out.push_back(digits[bits << (6 - held) & 63u]);
        return out;
    }

    std::optional<Crypto> crypto_;
    std::vector<HmacKey> keys_;
};

} // namespace v1
} // namespace mortise
