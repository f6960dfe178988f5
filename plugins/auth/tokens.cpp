// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include "wire.hpp"

#include <utility>

namespace auth {
namespace {

MacFunction macWith(mortise::HmacKey key) {
    return [key = std::move(key)](std::string_view data, Mac& mac) { mac = key.sign(data); };
}

EqualFunction equalBy(const mortise::Crypto& crypto) {
    return [crypto](std::string_view left, std::string_view right) { return crypto.equal(left, right); };
}

HeaderParser headerParser(const mortise::Json& json) {
    return [json, schema = json.schemaFor<HeaderMembers>()](std::string_view text) -> std::optional<JoseHeader> {
        std::optional<HeaderMembers> members = json.parse<HeaderMembers>(text, schema);
        if (!members) return std::nullopt;
        return JoseHeader{std::move(members->alg), std::move(members->typ), members->crit.has_value()};
    };
}

template<typename Claims>
ClaimsParser<Claims> claimsParser(const mortise::Json& json) {
    return
        [json, schema = json.schemaFor<Claims>()](std::string_view text) { return json.parse<Claims>(text, schema); };
}

} // namespace

Tokens::Tokens(const mortise::Crypto& crypto, const mortise::Json& json, const Options& options)
    : crypto_(crypto),
      access_(makeAccessJws(macWith(crypto.hmacKey(options.accessSecret)), equalBy(crypto), headerParser(json)),
              claimsParser<AccessClaims>(json), options.leeway.count()),
      refresh_(makeRefreshJws(macWith(crypto.hmacKey(options.refreshSecret)), equalBy(crypto), headerParser(json)),
               claimsParser<RefreshClaims>(json), options.leeway.count()),
      accessLifetimeMs_(options.accessLifetime.count()) {}

std::string Tokens::access(const mortise::UserRecord& user, mortise::DateTime now) const {
    const std::string id = crypto_.uuid7();
    const AccessPayload payload{user.id,
                                user.email,
                                user.tokenEpoch,
                                now.unixMilliseconds / 1000,
                                (now.unixMilliseconds + accessLifetimeMs_) / 1000,
                                id};
    return access_.jws().sign(mortise::encodeJson(payload));
}

std::string Tokens::refresh(const RefreshGrant& grant) const {
    const RefreshPayload payload{grant.userId, grant.family, grant.tokenId, grant.issuedAt.unixMilliseconds / 1000,
                                 grant.expiresAt.unixMilliseconds / 1000};
    return refresh_.jws().sign(mortise::encodeJson(payload));
}

} // namespace auth
