// SPDX-License-Identifier: Apache-2.0
#include "refresh_store.hpp"

#include <utility>

namespace auth {
namespace {

struct FamilyRow {
    std::string current;
    std::string previous;
    mortise::DateTime rotatedAt;
    mortise::DateTime expiresAt;
};
MORTISE_DESCRIBE(FamilyRow, field(current), field(previous), field(rotatedAt), field(expiresAt))

} // namespace

void RefreshStore::declareMigrations(mortise::Setup& setup) {
    setup.migration("0001-create-refresh-families",
                    "CREATE TABLE auth_refresh_families ("
                    "id CHAR(36) NOT NULL PRIMARY KEY, "
                    "user_id CHAR(36) NOT NULL, "
                    "current_token CHAR(36) NOT NULL, "
                    "previous_token CHAR(36) NOT NULL DEFAULT '', "
                    "rotated_at BIGINT NOT NULL, "
                    "expires_at BIGINT NOT NULL); "
                    "CREATE INDEX auth_refresh_families_expires_at ON auth_refresh_families (expires_at)");
    setup.migration("0002-index-refresh-families-by-user",
                    "CREATE INDEX auth_refresh_families_user_id ON auth_refresh_families (user_id)");
}

void RefreshStore::open(const mortise::Database& database) {
    database_ = database;
    insert_ =
        database.statement("INSERT INTO auth_refresh_families (id, user_id, current_token, rotated_at, expires_at) "
                           "VALUES (?, ?, ?, ?, ?)");
    // previous_token first: MySQL assigns from left to right and sees what it assigned.
    rotate_ = database.statement("UPDATE auth_refresh_families SET previous_token = current_token, current_token = ?, "
                                 "rotated_at = ?, expires_at = ? "
                                 "WHERE id = ? AND user_id = ? AND current_token = ? AND expires_at > ?");
    find_ =
        database.statement("SELECT current_token, previous_token, rotated_at, expires_at FROM auth_refresh_families "
                           "WHERE id = ? AND user_id = ?");
    remove_ = database.statement("DELETE FROM auth_refresh_families WHERE id = ? AND user_id = ?");
    removeAll_ = database.statement("DELETE FROM auth_refresh_families WHERE user_id = ?");
    // The inner table has a name of its own because MySQL does not read the table that it deletes from.
    removeExpired_ =
        database.statement("DELETE FROM auth_refresh_families WHERE id IN (SELECT id FROM (SELECT id FROM "
                           "auth_refresh_families WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) AS batch)");
}

void RefreshStore::insert(mortise::Turn turn, const RefreshGrant& grant) const {
    database_.transact(turn, [&](mortise::Transaction& transaction) {
        transaction.execute(insert_,
                            mortise::bind(grant.family, grant.userId, grant.tokenId, grant.issuedAt, grant.expiresAt));
    });
}

RefreshStore::Rotation RefreshStore::rotate(mortise::Turn turn, std::string_view tokenId, RefreshGrant next,
                                            std::chrono::milliseconds grace) const {
    Outcome outcome = Outcome::unknown;
    FamilyRow row;
    const mortise::DateTime now = next.issuedAt;
    database_.transact(turn, [&](mortise::Transaction& transaction) {
        outcome = Outcome::rotated;
        if (transaction.execute(rotate_, mortise::bind(next.tokenId, now, next.expiresAt, next.family, next.userId,
                                                       tokenId, now)) != 0) {
            return;
        }
        outcome = Outcome::unknown;
        std::optional<FamilyRow> found = transaction.readOne<FamilyRow>(find_, mortise::bind(next.family, next.userId));
        if (!found || !(now < found->expiresAt)) return;
        row = std::move(*found);
        if (row.previous == tokenId && now.unixMilliseconds < row.rotatedAt.unixMilliseconds + grace.count()) {
            outcome = Outcome::repeated;
            return;
        }
        outcome = Outcome::reused;
        transaction.execute(remove_, mortise::bind(next.family, next.userId));
    });
    if (outcome == Outcome::repeated) {
        next.tokenId = std::move(row.current);
        next.issuedAt = row.rotatedAt;
        next.expiresAt = row.expiresAt;
    }
    return {outcome, std::move(next)};
}

void RefreshStore::remove(mortise::Turn turn, std::string_view family, std::string_view userId) const {
    database_.transact(
        turn, [&](mortise::Transaction& transaction) { transaction.execute(remove_, mortise::bind(family, userId)); });
}

void RefreshStore::removeAll(mortise::Turn turn, std::string_view userId) const {
    database_.transact(
        turn, [&](mortise::Transaction& transaction) { transaction.execute(removeAll_, mortise::bind(userId)); });
}

std::uint64_t RefreshStore::removeExpired(mortise::DateTime now, std::int64_t limit) const {
    std::uint64_t removed = 0;
    database_.transact([&](mortise::Transaction& transaction) {
        removed = transaction.execute(removeExpired_, mortise::bind(now, limit));
    });
    return removed;
}

} // namespace auth
