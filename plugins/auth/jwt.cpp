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

TokenVerdict checkTimes(double exp, const std::optional<double>& nbf, std::int64_t nowMs,
                        std::int64_t leewayMs) noexcept {
    const double now = static_cast<double>(nowMs) / 1000;
    const double leeway = static_cast<double>(leewayMs) / 1000;
    if (!(now < exp + leeway)) return TokenVerdict::expired;
    if (nbf && now < *nbf - leeway) return TokenVerdict::notYetValid;
    return TokenVerdict::valid;
}

Jws makeAccessJws(MacFunction mac, HeaderParser header) {
    return {"JWT", {"at+jwt"}, true, std::move(mac), std::move(header)};
}

Jws makeRefreshJws(MacFunction mac, HeaderParser header) {
    return {"refresh+jwt", {}, false, std::move(mac), std::move(header)};
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
