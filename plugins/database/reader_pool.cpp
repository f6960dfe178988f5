// SPDX-License-Identifier: Apache-2.0
#include "reader_pool.hpp"

#include <string>
#include <utility>

namespace mortise::database {

using Kind = DatabaseError::Kind;

ReaderPool::ReaderPool(const SqliteOptions& options, const StatementRegistry& registry, const OpenedFiles& files)
    : options_(options), registry_(registry), files_(files) {
    idle_.reserve(options_.readers);
}

ReaderPool::Lease ReaderPool::lease(std::chrono::milliseconds wait) {
    std::unique_ptr<SqliteConnection> connection;
    {
        std::unique_lock lock(mutex_);
        const bool free = changed_.wait_until(lock, std::chrono::steady_clock::now() + wait,
                                              [this] { return closed_ || leased_ < options_.readers; });
        if (closed_) throw DatabaseError(Kind::failed, "the database is closed");
        if (!free)
            throw DatabaseError(Kind::busy, "no reader became free within " + std::to_string(wait.count()) + " ms (" +
                                                std::to_string(options_.readers) + " are busy)");
        ++leased_;
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (connection) return {*this, std::move(connection)};
    try {
        connection = open();
    } catch (...) {
        giveBack(nullptr);
        throw;
    }
    return {*this, std::move(connection)};
}

// Opening would make a file where there is none, and read another one where that took its place.
std::unique_ptr<SqliteConnection> ReaderPool::open() const {
    files_.require();
    auto connection =
        std::make_unique<SqliteConnection>(options_, registry_,
                                           SqliteConnection::Use{SqliteConnection::Access::read, options_.busyTimeout,
                                                                 options_.statementTimeout, Kind::failed});
    files_.require();
    return connection;
}

void ReaderPool::giveBack(std::unique_ptr<SqliteConnection> connection) noexcept {
    const std::lock_guard lock(mutex_);
    --leased_;
    if (connection) idle_.push_back(std::move(connection)); // reserved: cannot throw
    if (closed_)
        changed_.notify_all();
    else
        changed_.notify_one();
}

bool ReaderPool::close(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
    const bool all = changed_.wait_until(lock, deadline, [this] { return leased_ == 0; });
    idle_.clear();
    return all;
}

} // namespace mortise::database
