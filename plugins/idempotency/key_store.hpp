// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_digests.hpp"
#include "running_requests.hpp"

#include <mortise/database.hpp>
#include <mortise/plugin.hpp>
#include <mortise/query.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::idempotency {

using Milliseconds = std::chrono::milliseconds; // also of Unix time

struct KeyRow {
    std::string fingerprint;
    std::int64_t status = 0; // of the response; 0: a request has the key
    std::optional<std::string> response;
    std::int64_t expiresAt = 0;
};
MORTISE_DESCRIBE(KeyRow, field(fingerprint), field(status), field(response), field(expiresAt))

/// The table idempotency_keys: a row is a claim, then the response that was committed under it. All on workers; all may
/// throw Busy, SqlError.
class KeyStore {
public:
    static void declareMigrations(mortise::Setup& setup);

    /// Whose claims are made; both are texts of at most 64 characters.
    struct Owner {
        std::string server; // the same after a restart
        std::string run;    // another one after a restart
    };
    /// [control] In `start`: the schema exists.
    void open(mortise::Database database, Owner owner);

    /// The row of a key unless it is out of date.
    std::optional<KeyRow> find(mortise::Turn turn, std::string_view id, Milliseconds now) const;
    /// Nothing: the key is the claimant's now. Else the row that somebody else has.
    std::optional<KeyRow> claim(mortise::Turn turn, const Claim& claim, const KeyDigests& digests,
                                Milliseconds now) const;
    /// Inside the transaction of the response. False: the claim is not the request's any more.
    [[nodiscard]] bool store(mortise::Turn turn, const Claim& claim, std::uint32_t status, std::string_view response,
                             Milliseconds expiresAt) const;
    /// Once the transaction that stores the response has ended: whether it did.
    bool isStored(mortise::Turn turn, const Claim& claim) const;
    /// Unless a response was stored under it.
    void release(const Claim& claim) const;
    /// Deletes at most `limit` of the responses that were stored for a caller (see KeyDigests), and returns how many.
    std::int64_t removeSome(mortise::Turn turn, std::string_view caller, std::int64_t limit) const;
    /// Claims of this server that its last run left; their leases end before `until`.
    void releaseOlderRuns(Milliseconds until) const;
    /// Deletes about `chunk` rows (500) that are out of date, those that expired first; true: there may be more.
    bool sweep(Milliseconds now) const;

private:
    static constexpr std::int64_t chunk = 500;

    mortise::Database database_;
    Owner owner_;
    mortise::Query<KeyRow(std::string_view)> find_{
        "idempotency.find", "SELECT fingerprint, status, response, expires_at FROM idempotency_keys WHERE id = ?"};
    mortise::Query<KeyRow(std::string_view)> hold_{
        "idempotency.hold", "SELECT fingerprint, status, response, expires_at FROM idempotency_keys WHERE id = ?",
        mortise::SqlLock::forUpdate};
    mortise::Query<void(std::string_view, std::string_view, std::string_view, std::string_view, std::string_view,
                        std::string_view, std::int64_t)>
        insert_{"idempotency.claim",
                "INSERT INTO idempotency_keys (id, fingerprint, caller, claim, server, run, status, expires_at) "
                "VALUES (?, ?, ?, ?, ?, ?, 0, ?)"};
    mortise::Query<void(std::string_view, std::string_view, std::string_view, std::string_view, std::int64_t,
                        std::string_view)>
        take_{"idempotency.take",
              "UPDATE idempotency_keys SET fingerprint = ?, claim = ?, server = ?, run = ?, status = 0, "
              "response = NULL, expires_at = ? WHERE id = ?"};
    mortise::Query<void(std::int64_t, mortise::Blob, std::int64_t, std::string_view, std::string_view)> store_{
        "idempotency.store",
        "UPDATE idempotency_keys SET status = ?, response = ?, expires_at = ? WHERE id = ? AND claim = ? AND status = "
        "0"};
    mortise::Query<std::int64_t(std::string_view, std::string_view)> outcome_{
        "idempotency.outcome", "SELECT status FROM idempotency_keys WHERE id = ? AND claim = ?",
        mortise::SqlLock::forUpdate};
    mortise::Query<void(std::string_view, std::string_view)> release_{
        "idempotency.release", "DELETE FROM idempotency_keys WHERE id = ? AND claim = ? AND status = 0"};
    mortise::Query<void(std::int64_t, std::string_view, std::string_view)> releaseOlderRuns_{
        "idempotency.releaseOlderRuns",
        "DELETE FROM idempotency_keys WHERE expires_at <= ? AND status = 0 AND server = ? AND run <> ?"};
    mortise::Query<std::string(std::string_view, std::int64_t)> last_{
        "idempotency.last",
        "SELECT id FROM idempotency_keys WHERE caller = ? AND status <> 0 ORDER BY id LIMIT 1 OFFSET ?"};
    mortise::Query<void(std::string_view, std::string_view)> remove_{
        "idempotency.remove", "DELETE FROM idempotency_keys WHERE caller = ? AND status <> 0 AND id <= ?"};
    mortise::Query<std::int64_t(std::int64_t, std::int64_t)> bound_{
        "idempotency.bound",
        "SELECT expires_at FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT 1 OFFSET ?"};
    mortise::Query<void(std::int64_t)> sweep_{"idempotency.sweep",
                                              "DELETE FROM idempotency_keys WHERE expires_at <= ?"};
};

} // namespace mortise::idempotency
