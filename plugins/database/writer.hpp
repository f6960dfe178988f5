// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checkpointer.hpp"
#include "connector.hpp"
#include "damage.hpp"
#include "opened_files.hpp"
#include "sqlite_connection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace mortise::database {

// The one writer. Threads take turns and wait a bounded time for it: first come first served, but those of requests
// before those of none, which nobody waits for (TransactionBody::isBackground); these pass nobody by, and are passed by
// for a bounded time.
//
// Group commit: a thread whose body is done hands its open transaction to the next one that waits, instead of
// committing; the last one commits for all. Each body runs on its own thread between savepoints, so it is undone alone;
// nobody gets an outcome, good or bad, before the one COMMIT has returned. Without others waiting a transaction
// commits at once. What is of no request continues no transaction of a request, which would wait for it.
//
// Whether it may commit each member is asked after its last statement and before the next one begins, since that one
// builds on what it sees: it is the last moment at which a member can be rolled back alone.
class Writer {
public:
    // `damage` outlives it; `report` is as of OpenedFiles.
    Writer(const SqliteOptions& options, const StatementRegistry& registry, Damage& damage,
           std::function<void(const std::string&)> report);

    // As Connector::transact.
    bool transact(TransactionBody& body);
    Transaction* currentTransaction() const noexcept;
    SqliteConnection& connection() noexcept { return connection_; }
    const OpenedFiles& files() const noexcept { return files_; }

    // Throws when one turn lasts longer than anyone would wait for it, and when the last one that wrote could not, and
    // it still cannot be done.
    void check(std::chrono::milliseconds patience);
    // Refuses new turns, waits for the present ones, checkpoints. False: they did not end in time.
    bool close(std::chrono::steady_clock::time_point deadline);

private:
    enum class Decision { open, committed, failed, lost };
    // `again`: the transaction was given up for no fault of the body, and nothing was stored.
    enum class Ending { committed, refused, again };
    using Failure = std::optional<DatabaseError>;

    // One transaction of the database with the bodies that share it. Guarded by mutex_.
    struct Group {
        std::size_t members = 1;
        bool isBackground = false; // nobody in it is of a request
        std::chrono::steady_clock::time_point began;
        Decision decision = Decision::open;
        Failure failure; // of `failed`
        std::condition_variable decided;
    };
    struct Waiter {
        bool alone = false;
        bool isBackground = false;
        std::chrono::steady_clock::time_point since;
        bool granted = false;
        std::shared_ptr<Group> group; // handed over with the turn; empty: begin one
        std::condition_variable turn;
    };
    using Waiting = std::deque<Waiter*>;
    class Member;
    class Probe;

    Ending attempt(TransactionBody& body, bool alone, Failure& reason);
    bool enter(const TransactionBody& body, bool alone, std::shared_ptr<Group>& group);
    // Nothing: it began; else the turn is given back.
    Failure begin(Group& group, std::chrono::milliseconds timeLeft);
    void note(const DatabaseError& failure) noexcept;
    void requireKeys();
    bool handOver(const std::shared_ptr<Group>& group);
    Decision await(const std::shared_ptr<Group>& group, Failure& failure);
    Decision commit(const std::shared_ptr<Group>& group, Failure& failure);
    bool isMixed(const Group& group) noexcept;
    DatabaseError commitError(int code) const;
    void decide(Group& group, Decision decision, const Failure& failure = {});
    Waiting::iterator nextWaiting() noexcept;
    void grant(const Waiting::iterator& to, std::shared_ptr<Group> group);
    void leave() noexcept;
    void rollBack() noexcept;
    static int onWal(void* self, sqlite3* database, const char* schema, int pages) noexcept;

    const SqliteOptions& options_;
    Damage& damage_;
    SqliteConnection connection_;
    const OpenedFiles files_;
    SqliteStatement begin_;
    SqliteStatement commit_;
    SqliteStatement rollback_;
    SqliteStatement save_;
    SqliteStatement undo_;
    SqliteStatement release_;
    int walPages_ = 0;   // after the last commit; touched in a turn only
    bool wrote_ = false; // by the last commit, likewise
    std::optional<std::chrono::steady_clock::time_point> requestAt_, backgroundAt_; // the last commits, likewise
    Checkpointer checkpointer_;

    std::mutex mutex_;
    std::condition_variable left_;
    Waiting waiting_; // bounded by the threads of the process, each of which waits at most once
    bool taken_ = false;
    bool closed_ = false;
    Failure unwritable_; // why the last attempt to write failed, where that is not the fault of what was written
    std::chrono::steady_clock::time_point turnBegan_;
    std::atomic<std::thread::id> owner_{};
    std::atomic<Transaction*> current_{nullptr};
};

} // namespace mortise::database
