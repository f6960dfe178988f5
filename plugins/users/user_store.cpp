// SPDX-License-Identifier: Apache-2.0
#include "user_store.hpp"

#include <utility>

namespace users {

void UserStore::declareMigrations(mortise::Setup& setup) {
    setup.migration("0001-create-users", "CREATE TABLE users ("
                                         "id CHAR(36) NOT NULL PRIMARY KEY, "
                                         "name VARCHAR(100) NOT NULL, "
                                         "email VARCHAR(254) NOT NULL, "
                                         "email_lower VARCHAR(254) NOT NULL, "
                                         "password_hash VARCHAR(100) NOT NULL, "
                                         "role VARCHAR(16) NOT NULL DEFAULT 'user', "
                                         "created_at BIGINT NOT NULL, "
                                         "updated_at BIGINT NOT NULL, "
                                         "CONSTRAINT users_email_lower UNIQUE (email_lower))");
    setup.migration("0002-add-token-epoch", "ALTER TABLE users ADD COLUMN token_epoch BIGINT NOT NULL DEFAULT 0");
}

void UserStore::open(const mortise::Database& database) {
    database_ = database;
    viewById_ = database.statement("SELECT id, name, email, created_at FROM users WHERE id = ?");
    byId_ = database.statement("SELECT id, name, email, role, created_at, '', token_epoch FROM users WHERE id = ?");
    byEmail_ = database.statement(
        "SELECT id, name, email, role, created_at, password_hash, token_epoch FROM users WHERE email_lower = ?");
    idByEmail_ = database.statement("SELECT id FROM users WHERE email_lower = ?");
    // Ids increase with time, so their order is that of creation.
    page_ = database.statement("SELECT id, name, email, created_at FROM users ORDER BY id LIMIT ? OFFSET ?");
    slice_ = database.statement("SELECT id, name, email, created_at FROM users WHERE id > ? ORDER BY id LIMIT ?");
    count_ = database.statement("SELECT COUNT(*) FROM users");
    insert_ =
        database.statement("INSERT INTO users (id, name, email, email_lower, password_hash, created_at, updated_at) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?)");
    update_ = database.statement("UPDATE users SET name = COALESCE(?, name), email = COALESCE(?, email), "
                                 "email_lower = COALESCE(?, email_lower), updated_at = ? WHERE id = ?");
    remove_ = database.statement("DELETE FROM users WHERE id = ?");
    // One statement: no other change of the row comes between the hash and the epoch of its tokens.
    setHash_ = database.statement("UPDATE users SET password_hash = ?, token_epoch = token_epoch + 1, updated_at = ? "
                                  "WHERE id = ? AND password_hash = ?");
    renewHash_ =
        database.statement("UPDATE users SET password_hash = ?, updated_at = ? WHERE id = ? AND password_hash = ?");
    // A write, so that nobody changes the hash before the transaction is over.
    holdHash_ = database.statement("UPDATE users SET password_hash = password_hash WHERE id = ? AND password_hash = ?");
    setRole_ = database.statement("UPDATE users SET role = ?, updated_at = ? WHERE email_lower = ?");
}

bool UserStore::emailTaken(std::string_view email) const {
    bool taken = false;
    database_.read(idByEmail_, mortise::bind(emailKey(email)), [&](const mortise::Row&) { taken = true; });
    return taken;
}

UserStore::Listing UserStore::list(std::int64_t offset, std::int64_t limit) const {
    // On a loop all reads of a batch see one state of the data. Elsewhere a commit may fall between two of them: then
    // the page is read again, and under a stream of commits the last attempt stands.
    constexpr int attempts = 3;
    Listing listing;
    for (int attempt = 1; attempt <= attempts; ++attempt) {
        const std::uint64_t version = database_.dataVersion();
        const std::optional<std::int64_t> known = totals_.find(version);
        listing.total = known ? *known : count();
        listing.users = database_.readAll<User>(page_, mortise::bind(limit, offset));
        if (database_.dataVersion() != version) continue;
        if (!known) totals_.store(version, listing.total);
        break;
    }
    return listing;
}

std::int64_t UserStore::count() const {
    std::int64_t total = 0;
    database_.read(count_, {}, [&](const mortise::Row& row) { total = row.integer(0); });
    return total;
}

void UserStore::insert(mortise::Turn turn, std::string_view id, std::string_view name, std::string_view email,
                       std::string_view passwordHash, mortise::DateTime now) const {
    const std::string key = emailKey(email);
    database_.transact(turn, [&](mortise::Transaction& transaction) {
        transaction.execute(insert_, mortise::bind(id, name, email, key, passwordHash, now, now));
    });
}

std::vector<User> UserStore::listAfter(std::string_view id, std::int64_t limit) const {
    return database_.readAll<User>(slice_, mortise::bind(id, limit));
}

UserStore::Change UserStore::check(std::optional<User> user, const mortise::EntityTagList& condition) {
    if (!user) return {};
    if (condition.kind() != mortise::EntityTagList::Kind::absent) {
        const std::string tag = tagOf(*user);
        if (!condition.strongMatches({tag})) return {Outcome::unmatched, std::nullopt};
    }
    return {Outcome::done, std::move(user)};
}

UserStore::Change UserStore::update(mortise::Turn turn, std::string_view id,
                                    const std::optional<std::string_view>& name,
                                    const std::optional<std::string_view>& email,
                                    const mortise::EntityTagList& condition, mortise::DateTime now) const {
    if (!name && !email) return check(database_.readOne<User>(viewById_, mortise::bind(id)), condition);
    std::optional<std::string> key;
    if (email) key = emailKey(*email);
    Change change;
    database_.transact(turn, [&](mortise::Transaction& transaction) {
        // The transaction is the only one that writes, from its begin on: what is checked is what is changed.
        if (condition.kind() != mortise::EntityTagList::Kind::absent) {
            change = check(transaction.readOne<User>(viewById_, mortise::bind(id)), condition);
            if (change.outcome != Outcome::done) return;
        }
        transaction.execute(update_, mortise::bind(name, email, key, now, id));
        // Not the number of changed rows: some databases count a row that keeps its values as unchanged.
        change = check(transaction.readOne<User>(viewById_, mortise::bind(id)), {});
    });
    return change;
}

UserStore::Outcome UserStore::remove(mortise::Turn turn, std::string_view id,
                                     const mortise::EntityTagList& condition) const {
    Outcome outcome = Outcome::missing;
    database_.transact(turn, [&](mortise::Transaction& transaction) {
        if (condition.kind() != mortise::EntityTagList::Kind::absent) {
            outcome = check(transaction.readOne<User>(viewById_, mortise::bind(id)), condition).outcome;
            if (outcome != Outcome::done) return;
        }
        outcome = transaction.execute(remove_, mortise::bind(id)) != 0 ? Outcome::done : Outcome::missing;
    });
    return outcome;
}

bool UserStore::setRole(std::string_view email, std::string_view role, mortise::DateTime now) const {
    const std::string key = emailKey(email);
    bool found = false;
    database_.transact([&](mortise::Transaction& transaction) {
        found = false;
        transaction.execute(setRole_, mortise::bind(role, now, key));
        transaction.execute(idByEmail_, mortise::bind(key), [&](const mortise::Row&) { found = true; });
    });
    return found;
}

bool UserStore::setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                std::string_view passwordHash, mortise::DateTime now) const {
    return storeHash(setHash_, turn, id, expected, passwordHash, now);
}

bool UserStore::renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                  std::string_view passwordHash, mortise::DateTime now) const {
    return storeHash(renewHash_, turn, id, expected, passwordHash, now);
}

bool UserStore::storeHash(const mortise::Statement& statement, mortise::Turn turn, std::string_view id,
                          std::string_view expected, std::string_view passwordHash, mortise::DateTime now) const {
    std::uint64_t found = 0;
    database_.transact(turn, [&](mortise::Transaction& transaction) {
        found = passwordHash == expected
                    ? transaction.execute(holdHash_, mortise::bind(id, expected))
                    : transaction.execute(statement, mortise::bind(passwordHash, now, id, expected));
    });
    return found != 0;
}

} // namespace users
