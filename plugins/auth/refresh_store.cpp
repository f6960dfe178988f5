// SPDX-License-Identifier: Apache-2.0
#include "refresh_store.hpp"

#include <mortise/migrations.hpp>

#include <optional>
#include <vector>

namespace auth {

void RefreshStore::declareMigrations(mortise::Setup& setup) {
    setup
        .migration("0001-create-refresh-families",
                   "CREATE TABLE auth_refresh_families ("
                   "id CHAR(36) NOT NULL PRIMARY KEY, "
                   "user_id CHAR(36) NOT NULL, "
                   "current_token CHAR(36) NOT NULL, "
                   "previous_token CHAR(36) NOT NULL DEFAULT '', "
                   "rotated_at BIGINT NOT NULL, "
                   "expires_at BIGINT NOT NULL); "
                   "CREATE INDEX auth_refresh_families_expires_at ON auth_refresh_families (expires_at)")
        .down("DROP TABLE auth_refresh_families", mortise::drops("all sessions: everybody has to log in again"))
        .on(mortise::SqlDialect::mariadb, "CREATE TABLE auth_refresh_families ("
                                          "id BINARY(16) NOT NULL PRIMARY KEY, "
                                          "user_id BINARY(16) NOT NULL, "
                                          "current_token CHAR(36) NOT NULL, "
                                          "previous_token CHAR(36) NOT NULL DEFAULT '', "
                                          "rotated_at DATETIME(3) NOT NULL, "
                                          "expires_at DATETIME(3) NOT NULL, "
                                          "INDEX auth_refresh_families_expires_at (expires_at)) "
                                          "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DROP TABLE auth_refresh_families", mortise::drops("all sessions: everybody has to log in again"));
    setup
        .migration("0002-index-refresh-families-by-user",
                   "CREATE INDEX auth_refresh_families_user_id ON auth_refresh_families (user_id)")
        .down("DROP INDEX auth_refresh_families_user_id")
        .on(mortise::SqlDialect::mariadb,
            "CREATE INDEX auth_refresh_families_user_id ON auth_refresh_families (user_id)")
        .down("DROP INDEX auth_refresh_families_user_id ON auth_refresh_families");
    // A family ends with its user. Those whose user is gone go first.
    setup.migration("0003-end-families-with-users")
        .incompatible()
        .on(mortise::SqlDialect::sqlite,
            "DELETE FROM auth_refresh_families WHERE user_id NOT IN (SELECT id FROM users); "
            "CREATE TABLE auth_refresh_families_next ("
            "id CHAR(36) NOT NULL PRIMARY KEY, "
            "user_id CHAR(36) NOT NULL, "
            "current_token CHAR(36) NOT NULL, "
            "previous_token CHAR(36) NOT NULL DEFAULT '', "
            "rotated_at BIGINT NOT NULL, "
            "expires_at BIGINT NOT NULL, "
            "CONSTRAINT auth_refresh_families_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE) "
            "WITHOUT ROWID; "
            "INSERT INTO auth_refresh_families_next SELECT id, user_id, current_token, previous_token, rotated_at, "
            "expires_at FROM auth_refresh_families; "
            "DROP TABLE auth_refresh_families; "
            "ALTER TABLE auth_refresh_families_next RENAME TO auth_refresh_families; "
            "CREATE INDEX auth_refresh_families_expires_at ON auth_refresh_families (expires_at); "
            "CREATE INDEX auth_refresh_families_user_id ON auth_refresh_families (user_id)")
        .down("CREATE TABLE auth_refresh_families_before ("
              "id CHAR(36) NOT NULL PRIMARY KEY, "
              "user_id CHAR(36) NOT NULL, "
              "current_token CHAR(36) NOT NULL, "
              "previous_token CHAR(36) NOT NULL DEFAULT '', "
              "rotated_at BIGINT NOT NULL, "
              "expires_at BIGINT NOT NULL); "
              "INSERT INTO auth_refresh_families_before SELECT id, user_id, current_token, previous_token, rotated_at, "
              "expires_at FROM auth_refresh_families; "
              "DROP TABLE auth_refresh_families; "
              "ALTER TABLE auth_refresh_families_before RENAME TO auth_refresh_families; "
              "CREATE INDEX auth_refresh_families_expires_at ON auth_refresh_families (expires_at); "
              "CREATE INDEX auth_refresh_families_user_id ON auth_refresh_families (user_id)")
        .on(mortise::SqlDialect::mariadb,
            "DELETE FROM auth_refresh_families WHERE user_id NOT IN (SELECT id FROM users); "
            "ALTER TABLE auth_refresh_families ADD CONSTRAINT auth_refresh_families_user "
            "FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE")
        .down("ALTER TABLE auth_refresh_families DROP FOREIGN KEY auth_refresh_families_user");
}

void RefreshStore::insert(mortise::Turn turn, const RefreshGrant& grant) const {
    database_(turn).insert(families, grant);
}

RefreshStore::Rotation RefreshStore::rotate(mortise::Turn turn, std::string_view tokenId, const RefreshGrant& next,
                                            std::chrono::milliseconds grace) const {
    const mortise::DateTime now = next.issuedAt;
    const auto isFamily = families.family == next.family && families.userId == next.userId;
    return database_(turn).transact([&](mortise::Transaction& transaction) -> Rotation {
        // The previous one first: MySQL assigns from left to right and sees what it assigned.
        if (transaction.update(families)
                .where(isFamily && families.tokenId == tokenId && families.expiresAt > now)
                .set(families.previousId = families.tokenId, families.tokenId = next.tokenId, families.issuedAt = now,
                     families.expiresAt = next.expiresAt) != 0)
            return {Outcome::rotated, next};
        const std::optional<RefreshGrant> current = transaction.select(families).where(isFamily).forUpdate().one();
        if (!current || !(now < current->expiresAt)) return {};
        if (current->previousId == tokenId && now.unixMilliseconds < current->issuedAt.unixMilliseconds + grace.count())
            return {Outcome::repeated, *current};
        transaction.remove(families).where(isFamily);
        return {Outcome::reused, {}};
    });
}

void RefreshStore::remove(mortise::Turn turn, std::string_view family, std::string_view userId) const {
    database_(turn).remove(families).where(families.family == family && families.userId == userId);
}

void RefreshStore::removeAll(mortise::Turn turn, std::string_view userId) const {
    database_(turn).remove(families).where(families.userId == userId);
}

std::uint64_t RefreshStore::removeExpired(mortise::DateTime now, std::int64_t limit) const {
    return database_.transact([&](mortise::Transaction& transaction) {
        const auto isExpired = families.expiresAt <= now;
        const std::vector<std::string> batch =
            transaction.select(families.family).where(isExpired).orderBy(families.expiresAt).limit(limit).all();
        return transaction.remove(families).where(families.family.in(batch) && isExpired);
    });
}

} // namespace auth
