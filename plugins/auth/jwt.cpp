// SPDX-License-Identifier: Apache-2.0
#include "jwt.hpp"

#include "ascii_case.hpp"

#include <utility>

namespace auth {

bool acceptable(const AccessClaims& claims) noexcept {
    return !claims.userId.empty() && (!claims.typ || *claims.typ == "access");
}

bool acceptable(const RefreshClaims& claims) noexcept {
    return !claims.userId.empty() && !claims.family.empty() && !claims.jti.empty();
}

TokenVerdict checkTimes(double exp, const std::optional<double>& nbf, const std::optional<double>& iat,
                        std::int64_t nowMs, std::int64_t leewayMs) noexcept {
    constexpr double second = 1000;
    if (!(static_cast<double>(nowMs - leewayMs) / second < exp)) return TokenVerdict::expired;
    // The clock tells whole milliseconds: all of this one has come.
    const double future = static_cast<double>(nowMs + leewayMs + 1) / second;
    if (nbf && *nbf >= future) return TokenVerdict::notYetValid;
    if (iat && *iat >= future) return TokenVerdict::notYetValid;
    return TokenVerdict::valid;
}

Jws makeAccessJws(MacFunction mac, EqualFunction equal, HeaderParser header) {
    return {"JWT", {"at+jwt"}, true, std::move(mac), std::move(equal), std::move(header)};
}

Jws makeRefreshJws(MacFunction mac, EqualFunction equal, HeaderParser header) {
    return {"refresh+jwt", {}, false, std::move(mac), std::move(equal), std::move(header)};
}

std::optional<std::string_view> bearerToken(std::string_view field) noexcept {
    constexpr std::string_view scheme = "bearer";
    if (!equalIgnoringCase(field.substr(0, scheme.size()), scheme)) return std::nullopt;
    field.remove_prefix(scheme.size());
    if (field.empty() || field.front() != ' ') return std::nullopt;
    const std::size_t begin = field.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::nullopt;
    field.remove_prefix(begin);
    return field.substr(0, field.find_last_not_of(" \t") + 1);
}

} // namespace auth
