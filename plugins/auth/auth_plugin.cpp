// SPDX-License-Identifier: Apache-2.0
#include "ascii_case.hpp"
#include "auth_settings.hpp"
#include "refresh_store.hpp"
#include "secret_check.hpp"
#include "tokens.hpp"
#include "wire.hpp"

#include <mortise/authenticator.hpp>
#include <mortise/crypto.hpp>
#include <mortise/json.hpp>
#include <mortise/passwords.hpp>
#include <mortise/plugin.hpp>
#include <mortise/timers.hpp>
#include <mortise/users.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int loginAttempts = 3; // as often may the hash change under a login

mortise::Reply invalidRefreshToken() {
    return mortise::unauthorized("Invalid refresh token");
}

/// The token was good when the request came.
mortise::Reply userNotFound() {
    return mortise::unauthorized("User not found", mortise::invalidTokenChallenge);
}

class AuthPlugin : public mortise::Plugin<Settings>, public mortise::Authenticator {
public:
    void configure(mortise::Setup& setup) override;
    void start() override;
    void activate() override;
    void stop() override { stopped_ = true; }

    void authenticate(mortise::Request& request, mortise::Verdict& verdict) override;

private:
    void declareRoutes(mortise::Setup& setup);

    mortise::Reply registerUser(mortise::Request& request, const Registration& body) const;
    mortise::Reply login(mortise::Request& request, const Credentials& body) const;
    mortise::Reply refresh(mortise::Request& request, const RefreshRequest& body) const;
    mortise::Reply logout(mortise::Request& request, const RefreshRequest& body) const;
    mortise::Reply changePassword(mortise::Request& request, const PasswordChange& body) const;
    /// Hash and end of all sessions: both or neither.
    mortise::Reply storePassword(mortise::Turn turn, const mortise::UserRecord& user,
                                 const mortise::HashResult& hashed) const;

    struct Login;
    /// Verifies the password by the hash of now, and opens the session if it still is the hash then.
    void verifyLogin(const std::shared_ptr<Login>& login) const;
    /// Nothing: the hash has changed since it was read.
    std::optional<mortise::Reply> openSession(const Login& login, const mortise::VerifyResult& result) const;
    /// A new family for the user, stored, with both tokens.
    mortise::Reply beginSession(mortise::Turn turn, std::uint32_t status, const mortise::UserRecord& user) const;
    [[nodiscard]] RefreshGrant makeGrant(std::string userId, std::string family) const;

    void scheduleCleanup(milliseconds delay);
    void cleanUp();

    mortise::Database database_;
    mortise::Users users_;
    RefreshStore families_;
    std::optional<Tokens> tokens_; ///< from `start` on
    std::atomic<bool> stopped_{false};
};

void checkSecret(mortise::Setup& setup, std::string_view name, std::string_view secret) {
    if (secret.empty()) return;
    if (const std::optional<std::string> fault = secretFault(secret)) setup.refuseSetting(name, "the secret " + *fault);
}

/// The value of the one Authorization field. `repeated` tells that there is more than one: two readers of the request
/// could then see two callers.
std::string_view authorization(const mortise::Request& request, bool& repeated) {
    constexpr std::string_view name = "authorization";
    std::string_view value;
    bool seen = false;
    const mortise_request& raw = request.raw();
    for (std::uint32_t i = 0; i < raw.field_count; ++i) {
        if (!equalIgnoringCase(mortise::text(raw.fields[i].name), name)) continue;
        repeated = seen;
        seen = true;
        value = mortise::text(raw.fields[i].value);
    }
    return value;
}

void AuthPlugin::configure(mortise::Setup& setup) {
    checkSecret(setup, "access_secret", settings().accessSecret);
    checkSecret(setup, "refresh_secret", settings().refreshSecret);
    // Both are the operator's: nobody else could learn from the time that this takes.
    if (!settings().accessSecret.empty() && settings().accessSecret == settings().refreshSecret)
        setup.refuseSetting("refresh_secret", "it equals access_secret; each kind of token needs a secret of its own");
    RefreshStore::declareMigrations(setup);
    declareRoutes(setup);
}

void AuthPlugin::declareRoutes(mortise::Setup& setup) {
    setup.post("/auth/register")
        .operationId("register")
        .summary("Registers a user and logs in")
        .tags("auth")
        .isPrivate()
        .noTransform()
        .body<Registration>()
        .alsoForms()
        .replies<Session>(201, "The new user, logged in")
        .repliesError(400)
        .repliesError(409, "User already exists")
        .handle([this](mortise::Request& request, const Registration& body) { return registerUser(request, body); });
    setup.post("/auth/login")
        .operationId("login")
        .summary("Logs in by address and password")
        .tags("auth")
        .isPrivate()
        .noTransform()
        .body<Credentials>()
        .alsoForms()
        .replies<Session>(200, "The user, logged in")
        .repliesError(400)
        .repliesError(401, "Invalid credentials")
        .handle([this](mortise::Request& request, const Credentials& body) { return login(request, body); });
    setup.post("/auth/refresh")
        .operationId("refresh")
        .summary("Exchanges a refresh token for a new pair")
        .description("A refresh token is good once. Sent again, it ends every session that came from the same login.")
        .tags("auth")
        .isPrivate()
        .noTransform()
        .body<RefreshRequest>()
        .alsoForms()
        .replies<TokenPair>(200, "The new pair")
        .repliesError(400)
        .repliesError(401, "Invalid refresh token")
        .handle([this](mortise::Request& request, const RefreshRequest& body) { return refresh(request, body); });
    setup.post("/auth/logout")
        .operationId("logout")
        .summary("Revokes a refresh token and all that came from the same login")
        .tags("auth")
        .isPrivate()
        .body<RefreshRequest>()
        .alsoForms()
        .replies(204, "Revoked, or not known")
        .repliesError(400)
        .handle([this](mortise::Request& request, const RefreshRequest& body) { return logout(request, body); });
    setup.post("/auth/password")
        .operationId("changePassword")
        .summary("Changes the caller's password and ends all sessions and access tokens")
        .tags("auth")
        .authenticated()
        .isPrivate()
        .body<PasswordChange>()
        .alsoForms()
        .replies(204, "Changed")
        .repliesError(400)
        .repliesError(401)
        .repliesError(409, "The password was changed meanwhile")
        .handle(
            [this](mortise::Request& request, const PasswordChange& body) { return changePassword(request, body); });
}

void AuthPlugin::start() {
    users_ = service<mortise::Users>();
    database_ = service<mortise::Database>();
    families_.open(database_);
    if (!users_.keepsTokenEpochs())
        log().warn(
            "The plugin that gives '" MORTISE_USERS_SERVICE
            "' keeps no token epochs: access tokens stay valid after a change of the password until they expire");
    const auto secretOr = [this](std::string_view configured, std::string_view stored) {
        return configured.empty() ? crypto().storedSecret(stored, minimumSecretSize) : std::string(configured);
    };
    const std::string accessSecret = secretOr(settings().accessSecret, "auth-access");
    const std::string refreshSecret = secretOr(settings().refreshSecret, "auth-refresh");
    tokens_.emplace(crypto(), json(),
                    Tokens::Options{accessSecret, refreshSecret, settings().accessLifetime, settings().leeway});
}

void AuthPlugin::activate() {
    // Soon, since a server that restarts often would otherwise never come to it, but not while it starts.
    scheduleCleanup(std::min<milliseconds>(settings().cleanupInterval, seconds(30)));
}

void AuthPlugin::authenticate(mortise::Request& request, mortise::Verdict& verdict) {
    bool repeated = false;
    const std::optional<std::string_view> token = bearerToken(authorization(request, repeated));
    if (repeated) return verdict.reject("Invalid token");
    if (!token) return verdict.missing("No token provided");
    const VerifiedToken<AccessClaims> verified = tokens_->readAccess(*token, mortise::DateTime::now());
    if (verified.verdict != TokenVerdict::valid) return verdict.reject("Invalid token");
    const bool found = users_.visitById(verified.claims.userId, [&](const mortise_user& user) {
        if (!ofEpoch(verified.claims, user.token_epoch)) return verdict.reject("Invalid token");
        verdict.accept(mortise::text(user.id), {mortise::text(user.role)}, mortise::text(user.name));
    });
    if (!found) verdict.reject("User not found");
}

mortise::Reply AuthPlugin::registerUser(mortise::Request& request, const Registration& body) const {
    // Looked for before the costly hash; the answer to a taken address is the same either way. Races are decided by
    // create.
    if (users_.findByEmail(body.email)) return mortise::conflict("User already exists");
    passwords().hash(body.password, [this, later = request.defer(),
                                     user = mortise::NewUserRecord{body.name, body.email, {}, body.profile}](
                                        const mortise::HashResult& hashed) mutable {
        later.answer([&]() -> mortise::Reply {
            if (!hashed.ok()) throw mortise::Error("the password could not be hashed", hashed.status);
            try {
                user.passwordHash = hashed.hash;
                // The user, the profile and the family: all or none.
                return database_(later).transact(
                    [&](mortise::Transaction&) { return beginSession(later, 201, users_.create(later, user)); });
            } catch (const mortise::UniqueConflict&) {
                return mortise::conflict("User already exists");
            }
        });
    });
    return mortise::Reply::later();
}

struct AuthPlugin::Login {
    mortise::Deferred later;
    Credentials sent; ///< views live until the answer
    std::optional<mortise::UserRecord> user;
    int attemptsLeft = loginAttempts;
};

mortise::Reply AuthPlugin::login(mortise::Request& request, const Credentials& body) const {
    verifyLogin(std::make_shared<Login>(Login{request.defer(), body, {}}));
    return mortise::Reply::later();
}

void AuthPlugin::verifyLogin(const std::shared_ptr<Login>& login) const {
    --login->attemptsLeft;
    login->user = users_.findByEmail(login->sent.email);
    // An empty hash costs the usual work and never matches.
    const std::string hash = login->user ? login->user->passwordHash : std::string();
    passwords().verify(login->sent.password, hash, [this, login](const mortise::VerifyResult& result) {
        try {
            std::optional<mortise::Reply> reply = openSession(*login, result);
            if (!reply && login->attemptsLeft > 0) return verifyLogin(login);
            if (!reply) throw mortise::Busy("the password of this user keeps changing");
            login->later.answer([&] { return std::move(*reply); });
        } catch (...) {
            login->later.answer([]() -> mortise::Reply { throw; });
        }
    });
}

std::optional<mortise::Reply> AuthPlugin::openSession(const Login& login, const mortise::VerifyResult& result) const {
    if (result.failed()) throw mortise::Error("the password could not be verified", result.status);
    const std::optional<mortise::UserRecord>& user = login.user;
    if (result.unusable()) log().warn("The stored password hash of a user cannot be used", {{"userId", user->id}});
    if (!result.matches() || !user) return mortise::unauthorized("Invalid credentials");
    // A session of a password that is changed meanwhile would outlive the change, which ends all sessions it sees.
    return database_(login.later).transact([&](mortise::Transaction&) -> std::optional<mortise::Reply> {
        if (!users_.renewPasswordHash(login.later, user->id, user->passwordHash,
                                      result.renewed.empty() ? user->passwordHash : std::string(result.renewed)))
            return std::nullopt;
        return beginSession(login.later, 200, *user);
    });
}

mortise::Reply AuthPlugin::refresh(mortise::Request& request, const RefreshRequest& body) const {
    const VerifiedToken<RefreshClaims> verified = tokens_->readRefresh(body.refreshToken, mortise::DateTime::now());
    if (verified.verdict != TokenVerdict::valid) return invalidRefreshToken();
    const RefreshClaims& claims = verified.claims;
    const std::optional<mortise::UserRecord> user = users_.findById(claims.userId);
    if (!user) {
        families_.remove(request, claims.family, claims.userId);
        return invalidRefreshToken();
    }
    const RefreshStore::Rotation rotation =
        families_.rotate(request, claims.jti, makeGrant(claims.userId, claims.family), settings().refreshGrace);
    switch (rotation.outcome) {
    case RefreshStore::Outcome::rotated:
    case RefreshStore::Outcome::repeated:
        return TokenPair{tokens_->access(*user, mortise::DateTime::now()), tokens_->refresh(rotation.grant)};
    case RefreshStore::Outcome::reused:
        request.log().warn("A rotated refresh token was sent again: its family is revoked",
                           {{"userId", claims.userId}, {"family", claims.family}});
        break;
    case RefreshStore::Outcome::unknown:
        break;
    }
    return invalidRefreshToken();
}

mortise::Reply AuthPlugin::logout(mortise::Request& request, const RefreshRequest& body) const {
    const VerifiedToken<RefreshClaims> verified = tokens_->readRefresh(body.refreshToken, mortise::DateTime::now());
    // An expired token still says which family its owner wants to end.
    if (verified.verdict != TokenVerdict::malformed)
        families_.remove(request, verified.claims.family, verified.claims.userId);
    return mortise::noContent();
}

mortise::Reply AuthPlugin::changePassword(mortise::Request& request, const PasswordChange& body) const {
    // Only a look-up by address has the hash.
    std::optional<mortise::UserRecord> user = users_.findById(request.principal().id());
    if (user) user = users_.findByEmail(user->email);
    if (!user || user->id != request.principal().id()) return userNotFound();
    const std::string hash = user->passwordHash;
    // Shared, so that there still is somebody to answer when the second queue is full. Views of the body live until
    // then.
    auto later = std::make_shared<mortise::Deferred>(request.defer());
    passwords().verify(
        body.currentPassword, hash,
        [this, later, user = *std::move(user), wanted = body.newPassword](const mortise::VerifyResult& result) {
            if (!result.matches()) {
                later->answer([&]() -> mortise::Reply {
                    if (result.failed()) throw mortise::Error("the password could not be verified", result.status);
                    return mortise::unauthorized("Invalid credentials");
                });
                return;
            }
            try {
                passwords().hash(wanted, [this, later, user](const mortise::HashResult& hashed) {
                    later->answer([&] { return storePassword(*later, user, hashed); });
                });
            } catch (...) {
                later->answer([]() -> mortise::Reply { throw; });
            }
        });
    return mortise::Reply::later();
}

mortise::Reply AuthPlugin::storePassword(mortise::Turn turn, const mortise::UserRecord& user,
                                         const mortise::HashResult& hashed) const {
    if (!hashed.ok()) throw mortise::Error("the password could not be hashed", hashed.status);
    const bool stored = database_(turn).transact([&](mortise::Transaction&) {
        if (!users_.setPasswordHash(turn, user.id, user.passwordHash, hashed.hash)) return false;
        families_.removeAll(turn, user.id);
        return true;
    });
    if (stored) return mortise::noContent();
    if (!users_.findById(user.id)) return userNotFound();
    return mortise::conflict("Password was changed meanwhile");
}

mortise::Reply AuthPlugin::beginSession(mortise::Turn turn, std::uint32_t status,
                                        const mortise::UserRecord& user) const {
    const RefreshGrant grant = makeGrant(user.id, crypto().uuid7());
    families_.insert(turn, grant);
    return mortise::Reply::json(
        status,
        Session{{user.id, user.name, user.email}, tokens_->access(user, grant.issuedAt), tokens_->refresh(grant)});
}

RefreshGrant AuthPlugin::makeGrant(std::string userId, std::string family) const {
    const mortise::DateTime now = mortise::DateTime::now();
    return {std::move(userId), std::move(family), crypto().uuid7(), now,
            mortise::DateTime{now.unixMilliseconds + settings().refreshLifetime.count()}};
}

void AuthPlugin::scheduleCleanup(milliseconds delay) {
    if (!stopped_) timers().after(delay, [this] { cleanUp(); });
}

void AuthPlugin::cleanUp() {
    constexpr std::int64_t batch = 500; // rows a transaction: others wait for it
    constexpr milliseconds pause = seconds(1);
    bool more = false;
    try {
        more = families_.removeExpired(mortise::DateTime::now(), batch) == static_cast<std::uint64_t>(batch);
    } catch (const std::exception& failure) {
        log().warn("Expired refresh tokens could not be deleted", {{"error", failure.what()}});
    }
    scheduleCleanup(more ? pause : settings().cleanupInterval);
}

} // namespace
} // namespace auth

MORTISE_PLUGIN(auth::AuthPlugin, "org.mortise.auth", "1.0.0", licence("Apache-2.0"), inExample(),
               needs<mortise::Users, mortise::Database>())
