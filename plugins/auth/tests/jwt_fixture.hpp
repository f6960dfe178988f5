// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../base64url.hpp"
#include "../jwt.hpp"

#include <simdjson.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the host gives to the plugin, made from OpenSSL and simdjson. Of duplicate members the last one wins, as there.
namespace fixture {

inline auth::MacFunction macWith(std::string secret) {
    return [secret = std::move(secret)](std::string_view data, auth::Mac& mac) {
        unsigned size = 0;
        HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(data.data()), data.size(), mac.data(), &size);
    };
}

inline auth::EqualFunction equal() {
    return [](std::string_view left, std::string_view right) { return left == right; };
}

template<typename Use>
bool eachMember(std::string_view json, Use&& use) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) return false;
    for (const auto member : object) {
        if (!use(member.key, member.value)) return false;
    }
    return true;
}

inline bool take(simdjson::dom::element value, std::string& out) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    out = text;
    return true;
}

inline bool take(simdjson::dom::element value, std::int64_t& out) {
    return value.get(out) == simdjson::SUCCESS;
}

inline bool take(simdjson::dom::element value, double& out) {
    return value.get(out) == simdjson::SUCCESS;
}

template<typename T>
bool take(simdjson::dom::element value, std::optional<T>& out) {
    return take(value, out.emplace());
}

inline std::optional<auth::JoseHeader> parseHeader(std::string_view json) {
    auth::JoseHeader header;
    bool hasAlgorithm = false;
    const bool good = eachMember(json, [&](std::string_view key, simdjson::dom::element value) {
        if (key == "alg") return hasAlgorithm = take(value, header.algorithm);
        if (key == "typ") return take(value, header.type);
        if (key == "crit") header.critical = true;
        return true;
    });
    if (!good || !hasAlgorithm) return std::nullopt;
    return header;
}

inline std::optional<auth::AccessClaims> parseAccess(std::string_view json) {
    auth::AccessClaims claims;
    bool hasUser = false;
    bool hasExpiry = false;
    const bool good = eachMember(json, [&](std::string_view key, simdjson::dom::element value) {
        if (key == "userId") return hasUser = take(value, claims.userId);
        if (key == "exp") return hasExpiry = take(value, claims.exp);
        if (key == "typ") return take(value, claims.typ);
        if (key == "epoch") return take(value, claims.epoch);
        if (key == "nbf") return take(value, claims.nbf);
        if (key == "iat") return take(value, claims.iat);
        return true;
    });
    if (!good || !hasUser || !hasExpiry) return std::nullopt;
    return claims;
}

inline std::string encoded(std::string_view bytes) {
    std::string text;
    auth::appendBase64Url(text, bytes);
    return text;
}

/// A token with any header and payload, rightly signed with `secret`.
inline std::string signedToken(std::string_view header, std::string_view payload, const std::string& secret) {
    std::string token = encoded(header) + "." + encoded(payload);
    auth::Mac mac;
    macWith(secret)(token, mac);
    return token + "." + encoded({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

} // namespace fixture
