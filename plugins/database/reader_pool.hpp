// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "opened_files.hpp"
#include "sqlite_connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::database {

// The readers of all threads that run no loop: opened when needed, at most `options.readers`, the last used first (its
// pages and statements are warm). Thread-safe.
class ReaderPool {
public:
    // Gives the reader back at its end.
    class Lease {
    public:
        Lease(ReaderPool& pool, std::unique_ptr<SqliteConnection> connection)
            : pool_(pool), connection_(std::move(connection)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { pool_.giveBack(std::move(connection_)); }
        SqliteConnection* operator->() const noexcept { return connection_.get(); }
        SqliteConnection& operator*() const noexcept { return *connection_; }

    private:
        ReaderPool& pool_;
        std::unique_ptr<SqliteConnection> connection_;
    };

    ReaderPool(const SqliteOptions& options, const StatementRegistry& registry, const OpenedFiles& files);

    // Waits at most options.readWait, or `wait`; DatabaseError::Kind::busy past it.
    Lease lease() { return lease(options_.readWait); }
    Lease lease(std::chrono::milliseconds wait);

    // Waits for all leases; nothing is leased from its call on. False: some did not come back in time.
    bool close(std::chrono::steady_clock::time_point deadline);

private:
    std::unique_ptr<SqliteConnection> open() const;
    void giveBack(std::unique_ptr<SqliteConnection> connection) noexcept;

    const SqliteOptions& options_;
    const StatementRegistry& registry_;
    const OpenedFiles& files_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<SqliteConnection>> idle_;
    std::size_t leased_ = 0;
    bool closed_ = false;
};

} // namespace mortise::database
