// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "mariadb_pool.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::database {

// Runs bodies, each on a connection of the pool and its own thread. One that the server gave up, or whose connection
// broke before its COMMIT, runs again from its outermost body on. Thread-safe.
class MariadbTransactions {
public:
    // Both outlive it.
    MariadbTransactions(MariadbPool& pool, const MariadbOptions& options) : pool_(pool), options_(options) {}

    // As those of Connector.
    bool transact(TransactionBody& body);
    Transaction* currentTransaction() const noexcept;

    // Why the last write failed, where others would, too; nothing once one was committed.
    std::optional<DatabaseError> unwritable() const;
    void wroteAgain();
    // Forgets it where it is so long ago that somebody should try.
    bool mayWriteAgain();

private:
    using Failure = std::optional<DatabaseError>;
    // `again`: it was given up for no fault of the body, and nothing was stored.
    enum class Ending { committed, refused, again };
    class Member;

    Ending attempt(TransactionBody& body, Failure& reason);
    Failure commit(MariadbPool::Lease& lease);
    void rollBack(MariadbPool::Lease& lease) noexcept;
    void note(const DatabaseError& failure);
    Member* current() const noexcept;

    MariadbPool& pool_;
    const MariadbOptions& options_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::thread::id, Member*>> running_; // at most as many as there are connections
    Failure unwritable_;
    std::chrono::steady_clock::time_point failed_; // to write
};

} // namespace mortise::database
