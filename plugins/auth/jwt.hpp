// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jws.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace auth {

/// Claims of an access token that decide anything (RFC 7519 section 4). Times are NumericDates: Unix seconds, fractions
/// allowed. Tokens of other issuers that share the secret may lack what is optional here.
struct AccessClaims {
    std::string userId;
    std::optional<std::string> typ;    ///< "access" when present
    std::optional<std::int64_t> epoch; ///< the user's token epoch when it was issued
    double exp = 0;
    std::optional<double> nbf;
    std::optional<double> iat;
};

struct RefreshClaims {
    std::string userId;
    std::string family;
    std::string jti;
    double exp = 0;
    std::optional<double> nbf;
    std::optional<double> iat;
};

/// Whether the claims are those of their kind of token.
bool acceptable(const AccessClaims& claims) noexcept;
bool acceptable(const RefreshClaims& claims) noexcept;

/// Whether the token is of the user's epoch. A token that names none is of the first one, before any change of the
/// password.
constexpr bool ofEpoch(const AccessClaims& claims, std::int64_t epoch) noexcept {
    return claims.epoch.value_or(0) == epoch;
}

enum class TokenVerdict { valid, malformed, expired, notYetValid };

/// The claims in a JSON text, or nothing when the text is no object of that shape. Called concurrently.
template<typename Claims>
using ClaimsParser = std::function<std::optional<Claims>(std::string_view json)>;

template<typename Claims>
struct VerifiedToken {
    TokenVerdict verdict = TokenVerdict::malformed;
    Claims claims; ///< meaningless when malformed
};

/// `exp` is the first moment at which a token is refused, `nbf` the first at which it is taken (RFC 7519 sections 4.1.4
/// and 4.1.5), and no token is from the future (`iat`, section 4.1.6); `leewayMs` widens all three.
TokenVerdict checkTimes(double exp, const std::optional<double>& nbf, const std::optional<double>& iat,
                        std::int64_t nowMs, std::int64_t leewayMs) noexcept;

/// Reads tokens of one kind. Immutable; safe for concurrent use.
template<typename Claims>
class TokenReader {
public:
    TokenReader(Jws jws, ClaimsParser<Claims> parser, std::int64_t leewayMs)
        : jws_(std::move(jws)), parser_(std::move(parser)), leewayMs_(leewayMs) {}

    [[nodiscard]] VerifiedToken<Claims> read(std::string_view token, std::int64_t nowMs) const {
        Jws::Buffer buffer; // left uninitialised: verify() writes what it returns
        const std::optional<std::string_view> payload = jws_.verify(token, buffer);
        if (!payload) return {};
        std::optional<Claims> claims = parser_(*payload);
        if (!claims || !acceptable(*claims)) return {};
        const TokenVerdict verdict = checkTimes(claims->exp, claims->nbf, claims->iat, nowMs, leewayMs_);
        return {verdict, std::move(*claims)};
    }

    [[nodiscard]] const Jws& jws() const noexcept { return jws_; }

private:
    Jws jws_;
    ClaimsParser<Claims> parser_;
    std::int64_t leewayMs_;
};

/// Access tokens: `typ` JWT, as other issuers write it, or RFC 9068's at+jwt, or none.
Jws makeAccessJws(MacFunction mac, EqualFunction equal, HeaderParser header);

/// Refresh tokens: a `typ` of their own, which is required, so that no token is taken for the other kind even when keys
/// were mixed up (RFC 8725 section 3.11).
Jws makeRefreshJws(MacFunction mac, EqualFunction equal, HeaderParser header);

/// The token of an `Authorization` field (RFC 6750 section 2.1), or nothing when it is of another scheme or has none.
std::optional<std::string_view> bearerToken(std::string_view field) noexcept;

} // namespace auth
