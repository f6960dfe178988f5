// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jwt.hpp"
#include "refresh_store.hpp"

#include <mortise/crypto.hpp>
#include <mortise/json.hpp>
#include <mortise/plugin.hpp>
#include <mortise/users.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace auth {

/// Both kinds of tokens, signed and read with the host's HMAC and JSON. Immutable; safe for concurrent use. Must not
/// outlive the plugin.
class Tokens {
public:
    struct Options {
        std::string_view accessSecret;
        std::string_view refreshSecret;
        std::chrono::milliseconds accessLifetime{0};
        std::chrono::milliseconds leeway{0};
    };

    Tokens(const mortise::Crypto& crypto, const mortise::Json& json, const Options& options);

    [[nodiscard]] std::string access(const mortise::UserRecord& user, mortise::DateTime now) const;
    [[nodiscard]] std::string refresh(const RefreshGrant& grant) const;

    [[nodiscard]] VerifiedToken<AccessClaims> readAccess(std::string_view token, mortise::DateTime now) const {
        return access_.read(token, now.unixMilliseconds);
    }
    [[nodiscard]] VerifiedToken<RefreshClaims> readRefresh(std::string_view token, mortise::DateTime now) const {
        return refresh_.read(token, now.unixMilliseconds);
    }

private:
    mortise::Crypto crypto_;
    TokenReader<AccessClaims> access_;
    TokenReader<RefreshClaims> refresh_;
    std::int64_t accessLifetimeMs_;
};

} // namespace auth
