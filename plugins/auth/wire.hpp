// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jwt.hpp"

#include <mortise/passwords.hpp>
#include <mortise/plugin.hpp>
#include <mortise/profile.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes over the wire and into tokens. Views of bodies live until the answer.
namespace auth {

struct Registration {
    std::string_view name;
    std::string_view email;
    std::string_view password;
    std::optional<mortise::NewProfile> profile;
};
// As POST /api/users; 254 is RFC 5321's longest address (section 4.5.3.1.3, less the angle brackets).
MORTISE_DESCRIBE(Registration, field(name).minLength(2).maxLength(100).example("Ada"),
                 field(email).email().maxLength(254).example("ada@example.com"),
                 field(password)
                     .minLength(8)
                     .maxBytes(mortise::Passwords::maxBytes)
                     .text("At most 72 bytes")
                     .example("correct horse")
                     .secret(),
                 field(profile))

/// No rules: what cannot belong to anybody is answered like any other wrong pair.
struct Credentials {
    std::string_view email;
    std::string_view password;
};
MORTISE_DESCRIBE(Credentials, field(email).example("ada@example.com"),
                 field(password).example("correct horse").secret())

struct RefreshRequest {
    std::string_view refreshToken;
};
MORTISE_DESCRIBE(RefreshRequest, field(refreshToken).example("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl").secret())

struct PasswordChange {
    std::string_view currentPassword;
    std::string_view newPassword;
};
// The current one has no rules: what breaks them does not match.
MORTISE_DESCRIBE(PasswordChange, field(currentPassword).example("correct horse").secret(),
                 field(newPassword).minLength(8).maxBytes(mortise::Passwords::maxBytes).secret())

struct SessionUser {
    std::string id;
    std::string name;
    std::string email;
};
MORTISE_DESCRIBE(SessionUser, field(id).uuid(), field(name).example("Ada"),
                 field(email).email().example("ada@example.com"))

struct Session {
    SessionUser user;
    std::string accessToken;
    std::string refreshToken;
};
MORTISE_DESCRIBE(Session, field(user),
                 field(accessToken).text("For Authorization: Bearer").example("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"),
                 field(refreshToken).text("For /auth/refresh, once").example("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"))

struct TokenPair {
    std::string accessToken;
    std::string refreshToken;
};
MORTISE_DESCRIBE(TokenPair,
                 field(accessToken).text("For Authorization: Bearer").example("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"),
                 field(refreshToken).text("For /auth/refresh, once").example("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"))

struct HeaderMembers {
    std::string alg;
    std::optional<std::string> typ;
    std::optional<std::vector<std::string>> crit;
};
MORTISE_DESCRIBE(HeaderMembers, field(alg), field(typ), field(crit))

MORTISE_DESCRIBE(AccessClaims, field(userId), field(typ), field(epoch), field(exp), field(nbf), field(iat))
MORTISE_DESCRIBE(RefreshClaims, field(userId), field(family), field(jti), field(exp), field(nbf), field(iat))

/// Claims as they are written; times in Unix seconds.
struct AccessPayload {
    std::string_view userId;
    std::string_view email;
    std::int64_t epoch = 0;
    std::int64_t iat = 0;
    std::int64_t exp = 0;
    std::string_view jti;
};
MORTISE_DESCRIBE(AccessPayload, field(userId), field(email), field(epoch), field(iat), field(exp), field(jti))

struct RefreshPayload {
    std::string_view userId;
    std::string_view family;
    std::string_view jti;
    std::int64_t iat = 0;
    std::int64_t exp = 0;
};
MORTISE_DESCRIBE(RefreshPayload, field(userId), field(family), field(jti), field(iat), field(exp))

} // namespace auth
