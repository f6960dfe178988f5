// SPDX-License-Identifier: Apache-2.0
#include "user_store.hpp"

#include "representation.hpp"

#include <mortise/migrations.hpp>

#include <unordered_set>
#include <utility>

namespace users {
namespace {

/// A row with the relation that is read by a statement of its own.
struct UserWithProfile {
    std::string id, name, email;
    mortise::DateTime createdAt;
    std::optional<Profile> profile;
};
MORTISE_DESCRIBE(UserWithProfile, field(id), field(name), field(email), field(createdAt), field(profile))

UserDetails detailsOf(User user) {
    return {std::move(user.id), std::move(user.name), std::move(user.email), user.createdAt, {}};
}
mortise::Patch<Profile> shown(std::optional<Profile> profile) {
    return profile ? mortise::Patch<Profile>(*std::move(profile)) : mortise::Patch<Profile>(nullptr);
}
UserDetails detailsOf(UserWithProfile user) {
    return {std::move(user.id), std::move(user.name), std::move(user.email), user.createdAt,
            shown(std::move(user.profile))};
}
template<typename Row>
std::vector<UserDetails> detailsOf(std::vector<Row> rows) {
    std::vector<UserDetails> all;
    all.reserve(rows.size());
    for (Row& row : rows) all.push_back(detailsOf(std::move(row)));
    return all;
}

/// The user as it is until the transaction ends: 404 without one, 412 for one that does not fulfil the condition.
UserDetails hold(const mortise::Transaction& transaction, std::string_view id, const mortise::EntityTagList& condition,
                 bool withProfile) {
    UserDetails user =
        detailsOf(transaction.select<User>(users).where(users.removedAt.isNull()).forUpdate().require(id));
    if (withProfile) user.profile = shown(transaction.select<Profile>(profiles).find(id));
    if (condition.kind() != mortise::EntityTagList::Kind::absent) {
        const std::string tag = tagOf(user);
        if (!condition.strongMatches({tag})) throw mortise::HttpError(412, "Precondition failed");
    }
    return user;
}

void changeProfile(const mortise::Transaction& transaction, std::string_view id,
                   const mortise::Patch<PatchProfile>& patch) {
    if (patch.isAbsent()) return;
    if (patch.isNull()) {
        transaction.remove(profiles).where(profiles.userId == id);
        return;
    }
    if (transaction.select(profiles).where(profiles.userId == id).exists()) {
        if (!patch->bio.isAbsent() || !patch->avatar.isAbsent())
            transaction.update(profiles).where(profiles.userId == id).set(*patch);
    } else if (patch->bio || patch->avatar) {
        NewProfileRow row{id, {}, {}};
        patch->bio.applyTo(row.bio);
        patch->avatar.applyTo(row.avatar);
        transaction.insert(profiles, row);
    }
}

} // namespace

void UserStore::declareMigrations(mortise::Setup& setup) {
    setup
        .migration("0001-create-users", "CREATE TABLE users ("
                                        "id CHAR(36) NOT NULL PRIMARY KEY, "
                                        "name VARCHAR(100) NOT NULL, "
                                        "email VARCHAR(254) NOT NULL, "
                                        "email_lower VARCHAR(254) NOT NULL, "
                                        "password_hash VARCHAR(100) NOT NULL, "
                                        "role VARCHAR(16) NOT NULL DEFAULT 'user', "
                                        "created_at BIGINT NOT NULL, "
                                        "updated_at BIGINT NOT NULL, "
                                        "CONSTRAINT users_email_lower UNIQUE (email_lower))")
        .down("DROP TABLE users", mortise::drops("all users"))
        .on(mortise::SqlDialect::mariadb, "CREATE TABLE users ("
                                          "id BINARY(16) NOT NULL PRIMARY KEY, "
                                          "name VARCHAR(100) NOT NULL, "
                                          "email VARCHAR(254) NOT NULL, "
                                          "email_lower VARCHAR(254) NOT NULL, "
                                          "password_hash VARCHAR(100) NOT NULL, "
                                          "role VARCHAR(16) NOT NULL DEFAULT 'user', "
                                          "created_at DATETIME(3) NOT NULL, "
                                          "updated_at DATETIME(3) NOT NULL, "
                                          "CONSTRAINT users_email_lower UNIQUE (email_lower)) "
                                          "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DROP TABLE users", mortise::drops("all users"));
    setup.migration("0002-add-token-epoch", "ALTER TABLE users ADD COLUMN token_epoch BIGINT NOT NULL DEFAULT 0")
        .down("ALTER TABLE users DROP COLUMN token_epoch",
              mortise::drops("which access tokens ended with a change of the password"));
    // One tree by id instead of two. MariaDB keeps every table so. The index is made from all addresses at once: filled
    // row by row, in no order, it would take most of the time.
    setup.migration("0003-cluster-users-by-id")
        .incompatible()
        .on(mortise::SqlDialect::sqlite,
            "CREATE TABLE users_next ("
            "id CHAR(36) NOT NULL PRIMARY KEY, "
            "name VARCHAR(100) NOT NULL, "
            "email VARCHAR(254) NOT NULL, "
            "email_lower VARCHAR(254) NOT NULL, "
            "password_hash VARCHAR(100) NOT NULL, "
            "role VARCHAR(16) NOT NULL DEFAULT 'user', "
            "created_at BIGINT NOT NULL, "
            "updated_at BIGINT NOT NULL, "
            "token_epoch BIGINT NOT NULL DEFAULT 0) WITHOUT ROWID; "
            "INSERT INTO users_next SELECT id, name, email, email_lower, password_hash, role, "
            "created_at, updated_at, token_epoch FROM users; "
            "DROP TABLE users; "
            "ALTER TABLE users_next RENAME TO users; "
            "CREATE UNIQUE INDEX users_email_lower ON users (email_lower)")
        .down("CREATE TABLE users_before ("
              "id CHAR(36) NOT NULL PRIMARY KEY, "
              "name VARCHAR(100) NOT NULL, "
              "email VARCHAR(254) NOT NULL, "
              "email_lower VARCHAR(254) NOT NULL, "
              "password_hash VARCHAR(100) NOT NULL, "
              "role VARCHAR(16) NOT NULL DEFAULT 'user', "
              "created_at BIGINT NOT NULL, "
              "updated_at BIGINT NOT NULL, "
              "token_epoch BIGINT NOT NULL DEFAULT 0, "
              "CONSTRAINT users_email_lower UNIQUE (email_lower)); "
              "INSERT INTO users_before SELECT id, name, email, email_lower, password_hash, role, created_at, "
              "updated_at, token_epoch FROM users; "
              "DROP TABLE users; "
              "ALTER TABLE users_before RENAME TO users");
    setup
        .migration("0004-create-profiles",
                   "CREATE TABLE profiles ("
                   "user_id CHAR(36) NOT NULL PRIMARY KEY, "
                   "bio VARCHAR(1000), "
                   "avatar VARCHAR(2048), "
                   "CONSTRAINT profiles_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)")
        .down("DROP TABLE profiles", mortise::drops("all profiles"))
        .on(mortise::SqlDialect::mariadb,
            "CREATE TABLE profiles ("
            "user_id BINARY(16) NOT NULL PRIMARY KEY, "
            "bio VARCHAR(1000), "
            "avatar VARCHAR(2048), "
            "CONSTRAINT profiles_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE) "
            "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DROP TABLE profiles", mortise::drops("all profiles"));
    setup
        .migration("0005-mark-removed-users",
                   "ALTER TABLE users ADD COLUMN removed_at BIGINT; "
                   "CREATE TABLE user_removals ("
                   "user_id CHAR(36) NOT NULL PRIMARY KEY, "
                   "continued_at BIGINT NOT NULL, "
                   "CONSTRAINT user_removals_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)")
        // Those who are marked are gone: without the mark they would come back.
        .down("DELETE FROM users WHERE removed_at IS NOT NULL; "
              "DROP TABLE user_removals; "
              "ALTER TABLE users DROP COLUMN removed_at")
        .on(mortise::SqlDialect::mariadb,
            "ALTER TABLE users ADD COLUMN removed_at DATETIME(3); "
            "CREATE TABLE user_removals ("
            "user_id BINARY(16) NOT NULL PRIMARY KEY, "
            "continued_at DATETIME(3) NOT NULL, "
            "CONSTRAINT user_removals_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE) "
            "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DELETE FROM users WHERE removed_at IS NOT NULL; "
              "DROP TABLE user_removals; "
              "ALTER TABLE users DROP COLUMN removed_at");
}

bool UserStore::emailTaken(mortise::Turn turn, std::string_view email) const {
    return database_(turn).select(users).where(users.emailLower == emailKey(email)).exists();
}

std::vector<std::string> UserStore::takenKeys(mortise::Turn turn, const std::vector<std::string>& keys) const {
    return database_(turn).select(users.emailLower).where(users.emailLower.in(keys)).all();
}

std::optional<UserDetails> UserStore::find(mortise::Turn turn, std::string_view id, bool withProfile) const {
    std::optional<User> user =
        database_(turn).select<User>(users).where(users.id == id && users.removedAt.isNull()).one();
    if (!user) return std::nullopt;
    UserDetails details = detailsOf(*std::move(user));
    // By its key: with() of a list of one takes twice as long.
    if (withProfile) details.profile = shown(database_(turn).select<Profile>(profiles).find(id));
    return details;
}

mortise::Listing<UserDetails> UserStore::list(mortise::Turn turn, const mortise::PageQuery& query,
                                              bool withProfile) const {
    const mortise::DatabaseSession database = database_(turn);
    const auto page = [&](const auto& rows, std::int64_t offset) {
        return rows.where(users.removedAt.isNull()).orderBy(users.id).limit(query.limit).offset(offset);
    };
    return mortise::readPage<UserDetails>(
        // All rows are counted without a look at them; of those that are marked there are few.
        database, totals_, {}, query, *loops_,
        [&] {
            return counted_->total(
                [&] { return database.select(users).count() - database.select(removals).count(); },
                [&](std::int64_t limit) {
                    return !database.select(users.id).orderBy(users.id).limit(1).offset(limit).all().empty();
                });
        },
        [&](std::int64_t offset) {
            return withProfile ? detailsOf(page(database.select<UserWithProfile>(users), offset)
                                               .with(&UserWithProfile::profile, profiles)
                                               .all())
                               : detailsOf(page(database.select<User>(users), offset).all());
        });
}

std::vector<UserDetails> UserStore::listAfter(mortise::Turn turn, std::string_view id, std::int64_t limit,
                                              bool withProfile) const {
    const mortise::DatabaseSession database = database_(turn);
    const auto page = [&](const auto& rows) {
        return rows.where(users.id > id && users.removedAt.isNull()).orderBy(users.id).limit(limit);
    };
    return withProfile
               ? detailsOf(
                     page(database.select<UserWithProfile>(users)).with(&UserWithProfile::profile, profiles).all())
               : detailsOf(page(database.select<User>(users)).all());
}

User UserStore::insert(const mortise::Transaction& transaction, std::string_view id,
                       const mortise::NewUserRecord& user) {
    const NewUser row{id, user.name, user.email, emailKey(user.email), user.passwordHash};
    User made = transaction.insert<User>(users, row);
    if (user.profile) transaction.insert(profiles, NewProfileRow{id, user.profile->bio, user.profile->avatar});
    return made;
}

std::uint64_t UserStore::insertAll(const mortise::Transaction& transaction, const std::vector<BatchUser>& batch,
                                   bool skipTaken) {
    std::vector<NewUser> rows;
    rows.reserve(batch.size());
    for (const BatchUser& user : batch)
        rows.push_back({user.id, user.record.name, user.record.email, user.emailKey, user.record.passwordHash});
    std::uint64_t count = 0;
    std::unordered_set<std::string> inserted;
    if (skipTaken) {
        for (InsertedUser& user :
             transaction.insert<InsertedUser>(users, rows, mortise::sql::skipDuplicates(users.emailLower)))
            inserted.insert(std::move(user.id));
        count = inserted.size();
    } else {
        count = transaction.insert(users, rows);
    }
    std::vector<NewProfileRow> own;
    for (const BatchUser& user : batch)
        if (user.record.profile && (!skipTaken || inserted.count(user.id) != 0))
            own.push_back({user.id, user.record.profile->bio, user.record.profile->avatar});
    if (!own.empty()) transaction.insert(profiles, own);
    return count;
}

bool UserStore::isAdmin(const mortise::Transaction& transaction, std::string_view id) {
    return transaction.select(users)
        .where(users.id == id && users.role == "admin" && users.removedAt.isNull())
        .exists();
}

UserDetails UserStore::update(const mortise::Transaction& transaction, std::string_view id, const PatchUser& patch,
                              const mortise::EntityTagList& condition, bool withProfile) {
    UserDetails user = hold(transaction, id, condition, withProfile);
    changeProfile(transaction, id, patch.profile);
    if (patch.name || patch.email) {
        UserChange change{patch.name, patch.email, {}};
        if (patch.email) change.emailLower = emailKey(*patch.email);
        user = detailsOf(transaction.updateOne<User>(users, id, change));
    }
    if (withProfile) user.profile = shown(transaction.select<Profile>(profiles).find(id));
    return user;
}

bool UserStore::remove(mortise::Turn turn, std::string_view id, const mortise::EntityTagList& condition,
                       const std::function<bool()>& removeSome) const {
    return database_(turn).transact([&](mortise::Transaction& transaction) {
        hold(transaction, id, condition, false);
        if (!removeSome()) {
            transaction.removeOne(users, id);
            return true;
        }
        // No address has a blank: nobody is found by this one, and theirs is free again.
        const std::string nobody = "removed " + std::string(id);
        transaction.insert(removals, NewRemoval{id});
        transaction.update(users)
            .where(users.id == id)
            .set(users.removedAt = mortise::DateTime::now(), users.name = "", users.email = "",
                 users.emailLower = nobody, users.passwordHash = "");
        return false;
    });
}

bool UserStore::removeMarked(std::string_view id, const std::function<bool()>& removeSome) const {
    return database_.transact([&](mortise::Transaction& transaction) {
        // Waits for whoever is marking the user.
        const bool isMarked = transaction.select(users.id)
                                  .where(users.id == id && users.removedAt.isNotNull())
                                  .forUpdate()
                                  .one()
                                  .has_value();
        if (!isMarked) return true;
        if (removeSome()) {
            transaction.update(removals)
                .where(removals.userId == id)
                .set(removals.continuedAt = mortise::DateTime::now());
            return false;
        }
        transaction.remove(users).where(users.id == id && users.removedAt.isNotNull());
        return true;
    });
}

std::vector<std::string> UserStore::abandonedBefore(mortise::DateTime time, std::int64_t limit) const {
    return database_.select(removals.userId)
        .where(removals.continuedAt < time)
        .orderBy(removals.userId)
        .limit(limit)
        .all();
}

std::vector<ListedUser> UserStore::listRoles(std::string_view id, std::int64_t limit,
                                             std::optional<std::string_view> role) const {
    return database_.select<ListedUser>(users)
        .where(users.id > id && users.role == mortise::sql::maybe(role) && users.removedAt.isNull())
        .orderBy(users.id)
        .limit(limit)
        .all();
}

bool UserStore::setRole(std::string_view email, std::string_view role) const {
    return database_.update(users).where(users.emailLower == emailKey(email)).set(users.role = role) != 0;
}

bool UserStore::setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                std::string_view passwordHash) const {
    if (passwordHash == expected) return holdHash(turn, id, expected);
    // One statement: no other change of the row comes between the hash and the epoch of its tokens.
    return database_(turn)
               .update(users)
               .where(users.id == id && users.passwordHash == expected)
               .set(users.passwordHash = passwordHash, users.tokenEpoch = users.tokenEpoch + 1) != 0;
}

bool UserStore::renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                  std::string_view passwordHash) const {
    if (passwordHash == expected) return holdHash(turn, id, expected);
    return database_(turn)
               .update(users)
               .where(users.id == id && users.passwordHash == expected)
               .set(users.passwordHash = passwordHash) != 0;
}

bool UserStore::holdHash(mortise::Turn turn, std::string_view id, std::string_view expected) const {
    // A write of what a change of the password writes, so that none comes before the transaction is over.
    return database_(turn)
               .update(users)
               .where(users.id == id && users.passwordHash == expected)
               .set(users.tokenEpoch = users.tokenEpoch, users.updatedAt = users.updatedAt) != 0;
}

} // namespace users
