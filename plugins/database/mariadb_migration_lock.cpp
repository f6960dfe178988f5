// SPDX-License-Identifier: Apache-2.0
#include "mariadb_migration_lock.hpp"

#include "mariadb_schema.hpp"

#include <algorithm>
#include <utility>

namespace mortise::database {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds takePause{200}; // between two tries

std::string expiry(const MariadbOptions& options) {
    return "UTC_TIMESTAMP(3) + INTERVAL " + std::to_string(options.migrationLease.count() * 1000) + " MICROSECOND";
}

} // namespace

MariadbMigrationLock::MariadbMigrationLock(std::unique_ptr<MariadbSession> session, const MariadbOptions& options,
                                           std::string owner, const Pause& pause)
    : session_(std::move(session)), options_(options), owner_(std::move(owner)) {
    session_->command("CREATE TABLE IF NOT EXISTS mortise_migration_lock (id BIGINT NOT NULL PRIMARY KEY, owner "
                      "VARCHAR(191) NOT NULL, expires_at DATETIME(3) NOT NULL) ENGINE = InnoDB CHARACTER SET utf8mb4 "
                      "COLLATE utf8mb4_nopad_bin",
                      options_.statementTimeout);
    session_->command("INSERT IGNORE INTO mortise_migration_lock (id, owner, expires_at) VALUES (1, '', "
                      "UTC_TIMESTAMP(3))",
                      options_.statementTimeout);
    const Clock::time_point deadline = Clock::now() + options_.migrationWait;
    while (!take()) {
        if (Clock::now() < deadline && pause(takePause)) continue;
        const auto rows = mariadbRows(session_->driver(), "SELECT owner, expires_at FROM mortise_migration_lock",
                                      options_.statementTimeout);
        throw ConnectError(DatabaseError::Kind::busy,
                           "another process migrates database " + options_.server.place() +
                               (rows.empty() ? "" : " (" + rows[0][0] + ", until " + rows[0][1] + " UTC or longer)"),
                           true);
    }
    thread_ = std::thread([this] { keep(); });
}

MariadbMigrationLock::~MariadbMigrationLock() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
    if (session_->isLost()) return;
    try {
        session_->command("UPDATE mortise_migration_lock SET owner = '' WHERE id = 1 AND owner = " + sqlLiteral(owner_),
                          options_.statementTimeout);
    } catch (const DriverError&) {
        // It ends at its expiry.
    }
}

bool MariadbMigrationLock::take() {
    return session_->driver().run("UPDATE mortise_migration_lock SET owner = " + sqlLiteral(owner_) +
                                      ", expires_at = " + expiry(options_) + " WHERE id = 1 AND (owner IN ('', " +
                                      sqlLiteral(owner_) + ") OR expires_at <= UTC_TIMESTAMP(3))",
                                  options_.statementTimeout) == 1;
}

void MariadbMigrationLock::renew() {
    const std::uint64_t matched =
        session_->driver().run("UPDATE mortise_migration_lock SET expires_at = " + expiry(options_) +
                                   " WHERE id = 1 AND owner = " + sqlLiteral(owner_),
                               std::min(options_.statementTimeout, options_.migrationLease));
    if (matched != 1) lose("another process has taken the lock of migrations, which was not renewed in time");
}

void MariadbMigrationLock::keep() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, options_.migrationLease / 4, [this] { return ended_ || !lost_.empty(); })) {
        lock.unlock();
        try {
            renew();
        } catch (const std::exception& error) {
            lose(std::string("the lock of migrations could not be renewed: ") + error.what());
        }
        lock.lock();
    }
}

void MariadbMigrationLock::lose(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    lost_ = "database " + options_.server.place() + ": " + reason;
}

void MariadbMigrationLock::requireHeld() const {
    const std::lock_guard lock(mutex_);
    if (!lost_.empty()) throw ConnectError(DatabaseError::Kind::lost, lost_, true);
}

std::string MariadbMigrationLock::condition() const {
    return "mortise_migration_lock WHERE id = 1 AND owner = " + sqlLiteral(owner_);
}

} // namespace mortise::database
