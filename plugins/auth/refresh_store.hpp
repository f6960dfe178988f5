// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <mortise/sql.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace auth {

/// The current token of a family: what its signed form says.
struct RefreshGrant {
    std::string userId;
    std::string family;
    std::string tokenId;
    mortise::DateTime issuedAt;
    mortise::DateTime expiresAt;
    std::string previousId = {}; ///< the token that it replaced
};
MORTISE_TABLE_NAMED(families, "auth_refresh_families", RefreshGrant, column(family).named("id").key().uuid(),
                    column(userId).uuid().index(), column(tokenId).named("current_token"),
                    column(previousId).named("previous_token"), column(issuedAt).named("rotated_at"),
                    column(expiresAt).index())

/// The families of refresh tokens: one row each, so that a session never grows. [worker] All calls may throw
/// mortise::Busy, those on behalf of a turn mortise::Stale; within a transaction of the caller they join it.
class RefreshStore {
public:
    static void declareMigrations(mortise::Setup& setup);

    /// [control] In `start`: the schema exists.
    void open(const mortise::Database& database) { database_ = database; }

    /// A new family. Durable when it returns.
    void insert(mortise::Turn turn, const RefreshGrant& grant) const;

    enum class Outcome {
        rotated,  ///< the family's current token is `next` now
        repeated, ///< rotated within the grace before: the grant is that of the token which replaced it
        reused,   ///< rotated before: the family has ended
        unknown,  ///< ended or expired before
    };
    struct Rotation {
        Outcome outcome = Outcome::unknown;
        RefreshGrant grant; ///< of rotated and repeated
    };
    /// Replaces `tokenId` by `next` (same user and family), in one transaction.
    [[nodiscard]] Rotation rotate(mortise::Turn turn, std::string_view tokenId, const RefreshGrant& next,
                                  std::chrono::milliseconds grace) const;

    void remove(mortise::Turn turn, std::string_view family, std::string_view userId) const;

    /// All families of a user.
    void removeAll(mortise::Turn turn, std::string_view userId) const;

    /// Deletes at most `limit` expired families, on behalf of no request; returns how many.
    std::uint64_t removeExpired(mortise::DateTime now, std::int64_t limit) const;

private:
    mortise::Database database_;
};

} // namespace auth
