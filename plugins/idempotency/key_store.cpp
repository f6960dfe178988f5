// SPDX-License-Identifier: Apache-2.0
#include "key_store.hpp"

#include <mortise/migrations.hpp>

#include <utility>

namespace mortise::idempotency {

void KeyStore::declareMigrations(mortise::Setup& setup) {
    setup
        .migration("0001-create-idempotency-keys", "CREATE TABLE idempotency_keys ("
                                                   "id CHAR(64) NOT NULL PRIMARY KEY, "
                                                   "fingerprint CHAR(64) NOT NULL, "
                                                   "caller CHAR(64) NOT NULL, "
                                                   "claim CHAR(36) NOT NULL, "
                                                   "server CHAR(64) NOT NULL, "
                                                   "run CHAR(64) NOT NULL, "
                                                   "status INTEGER NOT NULL, "
                                                   "response MEDIUMBLOB, "
                                                   "expires_at BIGINT NOT NULL); "
                                                   "CREATE INDEX idempotency_keys_expires_at "
                                                   "ON idempotency_keys (expires_at); "
                                                   "CREATE INDEX idempotency_keys_caller "
                                                   "ON idempotency_keys (caller, id)")
        .down("DROP TABLE idempotency_keys", mortise::drops("all keys and the responses stored under them"))
        .on(mortise::SqlDialect::mariadb, "CREATE TABLE idempotency_keys ("
                                          "id CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, "
                                          "fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, "
                                          "caller CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, "
                                          "claim CHAR(36) NOT NULL, "
                                          "server CHAR(64) NOT NULL, "
                                          "run CHAR(64) NOT NULL, "
                                          "status INTEGER NOT NULL, "
                                          "response MEDIUMBLOB, "
                                          "expires_at BIGINT NOT NULL, "
                                          "INDEX idempotency_keys_expires_at (expires_at), "
                                          "INDEX idempotency_keys_caller (caller, id)) "
                                          "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DROP TABLE idempotency_keys", mortise::drops("all keys and the responses stored under them"));
}

void KeyStore::open(mortise::Database database, Owner owner) {
    database_ = std::move(database);
    owner_ = std::move(owner);
}

std::optional<KeyRow> KeyStore::find(mortise::Turn turn, std::string_view id, Milliseconds now) const {
    std::optional<KeyRow> row = find_.one(database_(turn), id);
    if (row && row->expiresAt <= now.count()) row.reset();
    return row;
}

std::optional<KeyRow> KeyStore::claim(mortise::Turn turn, const Claim& claim, const KeyDigests& digests,
                                      Milliseconds now) const {
    // By the next request at the same moment, where a row that is not there cannot be held.
    constexpr int attempts = 2;
    for (int attempt = 1;; ++attempt) {
        try {
            return database_(turn).transact([&](mortise::Transaction& transaction) -> std::optional<KeyRow> {
                std::optional<KeyRow> row = hold_.one(transaction, claim.id);
                if (row && row->expiresAt > now.count()) return row;
                if (row)
                    take_.run(transaction, digests.fingerprint, claim.token, owner_.server, owner_.run,
                              claim.until.count(), claim.id);
                else
                    insert_.run(transaction, claim.id, digests.fingerprint, digests.caller, claim.token, owner_.server,
                                owner_.run, claim.until.count());
                return std::nullopt;
            });
        } catch (const mortise::UniqueConflict&) {
            if (attempt == attempts) throw;
        }
    }
}

bool KeyStore::store(mortise::Turn turn, const Claim& claim, std::uint32_t status, std::string_view response,
                     Milliseconds expiresAt) const {
    return database_(turn).transact([&](mortise::Transaction& transaction) {
        return store_.run(transaction, status, mortise::Blob{response}, expiresAt.count(), claim.id, claim.token) == 1;
    });
}

bool KeyStore::isStored(mortise::Turn turn, const Claim& claim) const {
    return database_(turn).transact([&](mortise::Transaction& transaction) {
        return outcome_.one(transaction, claim.id, claim.token).value_or(0) != 0;
    });
}

void KeyStore::release(const Claim& claim) const {
    database_.transact([&](mortise::Transaction& transaction) { release_.run(transaction, claim.id, claim.token); });
}

std::int64_t KeyStore::removeSome(mortise::Turn turn, std::string_view caller, std::int64_t limit) const {
    constexpr std::string_view behindAll = "g"; // ids are hexadecimal digits
    return database_(turn).transact([&](mortise::Transaction& transaction) {
        const std::optional<std::string> last = last_.one(transaction, caller, limit - 1);
        return remove_.run(transaction, caller, last ? std::string_view(*last) : behindAll);
    });
}

void KeyStore::releaseOlderRuns(Milliseconds until) const {
    database_.transact([&](mortise::Transaction& transaction) {
        releaseOlderRuns_.run(transaction, until.count(), owner_.server, owner_.run);
    });
}

bool KeyStore::sweep(Milliseconds now) const {
    const std::optional<std::int64_t> bound = bound_.one(database_, now.count(), chunk - 1);
    database_.transact(
        [&](mortise::Transaction& transaction) { sweep_.run(transaction, bound.value_or(now.count())); });
    return bound.has_value();
}

} // namespace mortise::idempotency
