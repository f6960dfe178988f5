// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "sqlite_connection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace mortise::database {

// The one writer. Threads take turns, first come first served, and wait a bounded time for it.
//
// Group commit: a thread whose body is done hands its open transaction to the next one that waits, instead of
// committing; the last one commits for all. Each body runs on its own thread between savepoints, so it is undone alone;
// nobody is told an outcome, good or bad, before the one COMMIT has returned. Without others waiting a transaction
// commits at once.
//
// Whether it may commit each member is asked after its last statement and before the next one begins, since that one
// builds on what it sees: it is the last moment at which a member can be rolled back alone.
class Writer {
public:
    Writer(const SqliteOptions& options, const StatementRegistry& registry);

    // As Connector::transact.
    bool transact(TransactionBody& body);
    Transaction* currentTransaction() const noexcept;
    SqliteConnection& connection() noexcept { return connection_; }

    // Throws when one turn lasts longer than anyone would wait for it.
    void check();
    // Refuses new turns, waits for the present ones, checkpoints. False: they did not end in time.
    bool close(std::chrono::steady_clock::time_point deadline);

private:
    enum class Decision { open, committed, failed, lost };
    enum class Ending { committed, refused, lost };

    // One transaction of the database with the bodies that share it. Guarded by mutex_.
    struct Group {
        std::size_t members = 1;
        std::chrono::steady_clock::time_point began;
        Decision decision = Decision::open;
        std::string failure;
        std::condition_variable decided;
    };
    struct Waiter {
        bool alone = false;
        bool granted = false;
        std::shared_ptr<Group> group; // handed over with the turn; empty: begin one
        std::condition_variable turn;
    };
    class Member;

    Ending attempt(TransactionBody& body, bool alone);
    bool enter(bool alone, std::chrono::milliseconds timeLeft, std::shared_ptr<Group>& group);
    void begin(Group& group);
    bool handOver(const std::shared_ptr<Group>& group);
    Decision await(const std::shared_ptr<Group>& group, std::string& failure);
    Decision commit(const std::shared_ptr<Group>& group, std::string& failure);
    void decide(Group& group, Decision decision, const std::string& failure = {});
    void grant(std::shared_ptr<Group> group);
    void leave() noexcept;
    void rollBack() noexcept;
    void checkpoint() noexcept;
    static int onWal(void* self, sqlite3* database, const char* schema, int pages) noexcept;

    const SqliteOptions& options_;
    SqliteConnection connection_;
    SqliteStatement begin_;
    SqliteStatement commit_;
    SqliteStatement rollback_;
    SqliteStatement save_;
    SqliteStatement undo_;
    SqliteStatement release_;
    int walPages_ = 0;     // after the last commit; touched in a turn only
    int checkpointAt_ = 0; // pages

    std::mutex mutex_;
    std::condition_variable left_;
    std::deque<Waiter*> waiting_; // bounded by the threads of the process, each of which waits at most once
    bool taken_ = false;
    bool closed_ = false;
    std::chrono::steady_clock::time_point turnBegan_;
    std::atomic<std::thread::id> owner_{};
    std::atomic<Transaction*> current_{nullptr};
};

} // namespace mortise::database
