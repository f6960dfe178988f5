// SPDX-License-Identifier: Apache-2.0
#include "damage.hpp"

#include "sqlite_connection.hpp"

#include <sqlite3.h>

#include <condition_variable>
#include <string>
#include <thread>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

// Ends what a connection does after a time. SQLite's own look at the clock is between the steps of a statement, of
// which the check of a file is one.
class Limit {
public:
    Limit(sqlite3* database, std::chrono::milliseconds limit)
        : deadline_(Clock::now() + limit), thread_([this, database] {
              std::unique_lock lock(mutex_);
              if (!ended_.wait_until(lock, deadline_, [this] { return done_; })) sqlite3_interrupt(database);
          }) {}
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() { end(); }

    // Whether the time had passed.
    bool end() {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        ended_.notify_one();
        if (thread_.joinable()) thread_.join();
        return Clock::now() >= deadline_;
    }

private:
    using Clock = std::chrono::steady_clock;

    const Clock::time_point deadline_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool done_ = false;
    std::thread thread_; // last: it looks at the others
};

// Nothing: the file is right.
std::optional<std::string> faultOf(const SqliteOptions& options, const StatementRegistry& registry,
                                   std::chrono::milliseconds limit) {
    try {
        SqliteConnection fresh(options, registry,
                               {SqliteConnection::Access::read, limit, std::chrono::milliseconds(0), Kind::failed});
        Limit timer(fresh.handle(), limit);
        SqliteStatement check = fresh.prepare("PRAGMA integrity_check(1)");
        const int code = check.step();
        if (timer.end())
            return "it takes longer than " + std::to_string(limit.count()) +
                   " ms: restart the server when the file is right";
        fresh.require(code);
        const std::string found(code == SQLITE_ROW ? check.column(0).text : std::string_view());
        return found == "ok" ? std::nullopt : std::optional(found);
    } catch (const DatabaseError& error) {
        return error.what();
    }
}

} // namespace

void Damage::note(const DatabaseError& failure) noexcept {
    if (failure.kind() != Kind::corrupt && failure.kind() != Kind::io) return;
    const std::lock_guard lock(mutex_);
    found_ = failure;
    ++times_;
}

void Damage::check(const SqliteOptions& options, const StatementRegistry& registry, std::chrono::milliseconds limit) {
    std::uint64_t times = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!found_) return;
        times = times_;
    }
    const std::optional<std::string> fault = faultOf(options, registry, limit);
    const std::lock_guard lock(mutex_);
    if (!found_) return;
    if (fault) throw DatabaseError(found_->kind(), std::string(found_->what()) + "; a check of the file: " + *fault);
    if (times != times_) throw DatabaseError(*found_);
    found_.reset();
}

} // namespace mortise::database
