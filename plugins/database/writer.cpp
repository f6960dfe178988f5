// SPDX-License-Identifier: Apache-2.0
#include "writer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using Clock = std::chrono::steady_clock;

// A group takes nobody in any more after this time, so that its first member waits little longer than alone.
constexpr std::chrono::milliseconds groupAge{5};
// The log is emptied by force when it grew to this many times the usual size: readers that follow each other without a
// gap keep SQLite from starting it over.
constexpr int forcedCheckpoint = 8;
constexpr std::chrono::milliseconds forcedCheckpointWait{100};

std::string milliseconds(std::chrono::milliseconds time) {
    return std::to_string(time.count()) + " ms";
}

} // namespace

// One body's part of a transaction.
class Writer::Member final : public Transaction {
public:
    Member(Writer& writer, bool first) : writer_(writer), first_(first) {
        writer_.current_.store(this, std::memory_order_relaxed);
        writer_.owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member() override {
        writer_.owner_.store({}, std::memory_order_relaxed);
        writer_.current_.store(nullptr, std::memory_order_relaxed);
    }

    std::uint64_t execute(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) override {
        requireTransaction();
        return writer_.connection_.run(statement, parameters, visitor);
    }

    // Runs the body and keeps or undoes what it did. `failure` is what it threw.
    bool run(TransactionBody& body, std::exception_ptr& failure) {
        return run(body, failure, !first_, [&] {
            if (!body.mayCommit())
                throw DatabaseError(Kind::stale, "the host has ended the request: its transaction is rolled back");
        });
    }
    // The same for a body inside of this one's.
    bool join(TransactionBody& body) {
        std::exception_ptr failure;
        const bool accepted = run(body, failure, true, [] {});
        if (failure) std::rethrow_exception(failure);
        requireTransaction();
        return accepted;
    }

private:
    // After a rollback by SQLite itself every statement would be a transaction of its own.
    void requireTransaction() const {
        if (!writer_.connection_.inTransaction())
            throw DatabaseError(Kind::failed, "the transaction was rolled back by the database");
    }
    template<class Claim>
    bool run(TransactionBody& body, std::exception_ptr& failure, bool part, Claim&& claim) {
        bool accepted = false;
        try {
            if (part) {
                requireTransaction();
                writer_.connection_.require(writer_.save_.run());
            }
            accepted = body.run(*this);
            if (accepted && writer_.connection_.inTransaction()) claim();
        } catch (...) {
            accepted = false;
            failure = std::current_exception();
        }
        // The transaction may be gone already: SQLite rolls it back itself when it cannot write or a statement is
        // stopped.
        if (!writer_.connection_.inTransaction()) return false;
        if (!part) {
            if (!accepted) writer_.rollBack();
            return accepted;
        }
        if (!accepted && writer_.undo_.run() != SQLITE_OK) writer_.rollBack();
        if (writer_.connection_.inTransaction() && writer_.release_.run() != SQLITE_OK) writer_.rollBack();
        return accepted;
    }

    Writer& writer_;
    const bool first_;
};

Writer::Writer(const SqliteOptions& options, const StatementRegistry& registry)
    : options_(options),
      connection_(options, registry,
                  {SqliteConnection::Access::write, options.busyTimeout, options.statementTimeout, Kind::failed}),
      begin_(connection_.prepare("BEGIN IMMEDIATE")),
      commit_(connection_.prepare("COMMIT")),
      rollback_(connection_.prepare("ROLLBACK")),
      save_(connection_.prepare("SAVEPOINT member")),
      undo_(connection_.prepare("ROLLBACK TO member")),
      release_(connection_.prepare("RELEASE member")),
      checkpointAt_(static_cast<int>(options.walAutocheckpoint)) {
    // Takes the place of SQLite's own checkpoint inside of COMMIT, which the one who writes would wait for.
    sqlite3_wal_hook(connection_.handle(), &onWal, this);
}

bool Writer::transact(TransactionBody& body) {
    if (Transaction* const around = currentTransaction()) return static_cast<Member*>(around)->join(body);
    Ending ending = attempt(body, false);
    // Somebody else's body ended the shared transaction: once more, without company.
    if (ending == Ending::lost) ending = attempt(body, true);
    return ending == Ending::committed;
}

Writer::Ending Writer::attempt(TransactionBody& body, bool alone) {
    const std::chrono::milliseconds left = body.timeLeft();
    if (alone && left <= std::chrono::milliseconds(0))
        throw DatabaseError(Kind::busy, "the request's deadline passed before its transaction could be run again");
    auto group = std::make_shared<Group>();
    const bool first = enter(alone, left, group);
    if (first) begin(*group);
    std::exception_ptr failure;
    const bool accepted = Member(*this, first).run(body, failure);
    std::string text;
    if (!connection_.inTransaction()) {
        // Undone as a whole: wanted when nobody else is in it, else the others have to try again.
        decide(*group, Decision::lost);
        leave();
        if (failure) std::rethrow_exception(failure);
        if (!accepted) return Ending::refused;
        throw DatabaseError(Kind::failed, "the transaction was rolled back by the database");
    }
    const Decision decision = !alone && handOver(group) ? await(group, text) : commit(group, text);
    if (decision == Decision::lost) return Ending::lost;
    if (decision != Decision::committed) throw DatabaseError(Kind::failed, text);
    if (failure) std::rethrow_exception(failure);
    return accepted ? Ending::committed : Ending::refused;
}

// Waits for the turn, no longer than `timeLeft`. False: it comes with an open transaction, which `group` is then.
bool Writer::enter(bool alone, std::chrono::milliseconds timeLeft, std::shared_ptr<Group>& group) {
    std::unique_lock lock(mutex_);
    if (closed_) throw DatabaseError(Kind::failed, "the database is closed");
    if (!taken_) {
        taken_ = true;
        turnBegan_ = Clock::now();
        return true;
    }
    Waiter waiter;
    waiter.alone = alone;
    waiting_.push_back(&waiter);
    if (!waiter.turn.wait_until(lock, Clock::now() + std::min(options_.writeWait, timeLeft),
                                [this, &waiter] { return waiter.granted || closed_; }) ||
        !waiter.granted) {
        waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &waiter));
        if (closed_) throw DatabaseError(Kind::failed, "the database is closed");
        if (timeLeft < options_.writeWait)
            throw DatabaseError(Kind::busy, "other writers kept their turn until the request's deadline");
        throw DatabaseError(Kind::busy, "other writers kept their turn for " + milliseconds(options_.writeWait));
    }
    if (!waiter.group) return true;
    group = std::move(waiter.group);
    return false;
}

void Writer::begin(Group& group) {
    group.began = Clock::now();
    const int code = begin_.run();
    if (code == SQLITE_OK) return;
    const DatabaseError error = connection_.error(code);
    leave();
    throw DatabaseError(error);
}

// True: the next one continues in the group's transaction.
bool Writer::handOver(const std::shared_ptr<Group>& group) {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || waiting_.front()->alone || group->members >= options_.groupCommit ||
        Clock::now() - group->began >= groupAge)
        return false;
    ++group->members;
    grant(group);
    return true;
}

Writer::Decision Writer::await(const std::shared_ptr<Group>& group, std::string& failure) {
    // What can still come: the bodies of others, whose statements are bounded, and one sync of the disk.
    const auto limit = options_.writeWait + options_.statementTimeout;
    std::unique_lock lock(mutex_);
    if (!group->decided.wait_until(lock, Clock::now() + limit, [&] { return group->decision != Decision::open; })) {
        failure = "the commit was not confirmed within " + milliseconds(limit) + "; its outcome is unknown";
        return Decision::failed;
    }
    failure = group->failure;
    return group->decision;
}

Writer::Decision Writer::commit(const std::shared_ptr<Group>& group, std::string& failure) {
    const int code = commit_.run();
    const Decision decision = code == SQLITE_OK ? Decision::committed : Decision::failed;
    if (decision == Decision::failed) {
        failure = connection_.error(code).what();
        rollBack();
    }
    decide(*group, decision, failure);
    if (decision == Decision::committed) checkpoint();
    leave();
    return decision;
}

void Writer::decide(Group& group, Decision decision, const std::string& failure) {
    const std::lock_guard lock(mutex_);
    group.decision = decision;
    group.failure = failure;
    group.decided.notify_all();
}

// The caller holds mutex_ and the turn.
void Writer::grant(std::shared_ptr<Group> group) {
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.group = std::move(group);
    next.granted = true;
    turnBegan_ = Clock::now();
    next.turn.notify_one();
}

void Writer::leave() noexcept {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) {
        grant(nullptr);
        return;
    }
    taken_ = false;
    left_.notify_all();
}

void Writer::rollBack() noexcept {
    if (connection_.inTransaction()) static_cast<void>(rollback_.run());
}

// After the members were told, still in the turn.
void Writer::checkpoint() noexcept {
    const int usual = static_cast<int>(options_.walAutocheckpoint);
    if (walPages_ < usual) checkpointAt_ = usual; // the log was started over
    if (walPages_ < checkpointAt_) return;
    const bool forced = walPages_ >= usual * forcedCheckpoint;
    if (forced) connection_.setBusyTimeout(forcedCheckpointWait);
    sqlite3_wal_checkpoint_v2(connection_.handle(), "main",
                              forced ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (forced) connection_.setBusyTimeout(options_.busyTimeout);
    checkpointAt_ = walPages_ + usual;
}

int Writer::onWal(void* self, sqlite3*, const char*, int pages) noexcept {
    static_cast<Writer*>(self)->walPages_ = pages;
    return SQLITE_OK;
}

Transaction* Writer::currentTransaction() const noexcept {
    return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id()
               ? current_.load(std::memory_order_relaxed)
               : nullptr;
}

void Writer::check() {
    const std::lock_guard lock(mutex_);
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - turnBegan_);
    if (taken_ && held > options_.writeWait)
        throw DatabaseError(Kind::failed, "the writer has been busy with one transaction for " + milliseconds(held));
}

bool Writer::close(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (Waiter* const waiter : waiting_) waiter->turn.notify_one();
    if (!left_.wait_until(lock, deadline, [this] { return !taken_; })) return false;
    connection_.setBusyTimeout(forcedCheckpointWait);
    sqlite3_wal_checkpoint_v2(connection_.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    return true;
}

} // namespace mortise::database
