// SPDX-License-Identifier: Apache-2.0
#include "writer.hpp"

#include "transaction_retry.hpp"

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
// One that is not of a request lets others pass for this part of writeWait.
constexpr int backgroundShare = 10;
// For so long after one of a kind it is taken that others of it follow.
constexpr std::chrono::seconds calm{1};
// How long one that is not of a request waits for the log to be carried over, so that it does not outgrow that.
constexpr std::chrono::milliseconds checkpointWait{1000};

constexpr const char* rolledBack = "the transaction was rolled back by the database";

// Whether other writes are likely to fail in the same way.
bool isOfTheFile(Kind kind) noexcept {
    return kind == Kind::readOnly || kind == Kind::full || kind == Kind::moved || kind == Kind::io ||
           kind == Kind::unknownOutcome;
}

std::string milliseconds(std::chrono::milliseconds time) {
    return std::to_string(time.count()) + " ms";
}

} // namespace

// One body's part of a transaction.
class Writer::Member final : public Transaction {
public:
    Member(Writer& writer, bool first, std::uint64_t turn) : writer_(writer), first_(first), turn_(turn) {
        writer_.current_.store(this, std::memory_order_relaxed);
        writer_.owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member() override {
        writer_.owner_.store({}, std::memory_order_relaxed);
        writer_.current_.store(nullptr, std::memory_order_relaxed);
    }

    std::uint64_t turn() const noexcept override { return turn_; }
    std::uint64_t execute(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) override {
        requireTransaction();
        try {
            return writer_.connection_.run(statement, parameters, visitor);
        } catch (const DatabaseError& error) {
            writer_.note(error);
            if (isGivenUp(error))
                doom_ = error;
            else if (!writer_.connection_.inTransaction())
                doom_.emplace(error.kind(), std::string(rolledBack) + ": " + error.what(), error.name());
            throw;
        }
    }

    // Runs the body and keeps or undoes what it did. `failure` is what it threw.
    bool run(TransactionBody& body, std::exception_ptr& failure) {
        return run(body, failure, !first_, [&] {
            writer_.requireKeys();
            if (!body.mayCommit())
                throw DatabaseError(Kind::stale, "the host has ended the request: its transaction is rolled back");
        });
    }
    // The same for a body inside of this one's.
    bool join(TransactionBody& body) {
        std::exception_ptr failure;
        const bool accepted = run(body, failure, true, [] {});
        requireTransaction(); // whatever the bodies made of it
        if (failure) std::rethrow_exception(failure);
        return accepted;
    }
    // Why nothing of this transaction can be kept, though a body may have gone on.
    const Failure& doom() const noexcept { return doom_; }

private:
    // After a rollback by SQLite itself every statement would be a transaction of its own.
    void requireTransaction() {
        if (doom_) throw DatabaseError(*doom_);
        if (writer_.connection_.inTransaction()) return;
        doom_.emplace(Kind::failed, rolledBack);
        throw DatabaseError(*doom_);
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
            if (accepted) {
                requireTransaction(); // whatever the body made of a failure
                claim();
            }
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
    const std::uint64_t turn_;
    Failure doom_;
};

// Writes what is there again.
class Writer::Probe final : public TransactionBody {
public:
    Probe(SqliteConnection& connection, std::chrono::milliseconds patience)
        : connection_(connection), until_(Clock::now() + patience) {}

    bool run(Transaction&) override {
        SqliteStatement version = connection_.prepare("PRAGMA user_version");
        version.step();
        const std::int64_t number = version.column(0).integer;
        version.reset();
        SqliteStatement write = connection_.prepare("PRAGMA user_version = " + std::to_string(number));
        connection_.require(write.run());
        return true;
    }
    bool isBackground() const noexcept override { return false; }
    std::chrono::milliseconds timeLeft() const override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now());
    }

private:
    SqliteConnection& connection_;
    Clock::time_point until_;
};

Writer::Writer(const SqliteOptions& options, const StatementRegistry& registry, Damage& damage,
               std::function<void(const std::string&)> report)
    : options_(options),
      damage_(damage),
      connection_(options, registry,
                  {SqliteConnection::Access::write, options.busyTimeout, options.statementTimeout, Kind::failed}),
      files_(connection_.handle(), options.file.string(), report),
      begin_(connection_.prepare("BEGIN IMMEDIATE")),
      commit_(connection_.prepare("COMMIT")),
      rollback_(connection_.prepare("ROLLBACK")),
      save_(connection_.prepare("SAVEPOINT member")),
      undo_(connection_.prepare("ROLLBACK TO member")),
      release_(connection_.prepare("RELEASE member")),
      checkpointer_(options, registry, std::move(report)) {
    // Takes the place of SQLite's own checkpoint inside of COMMIT, which the one who writes would wait for.
    sqlite3_wal_hook(connection_.handle(), &onWal, this);
}

bool Writer::transact(TransactionBody& body) {
    if (Transaction* const around = currentTransaction()) return static_cast<Member*>(around)->join(body);
    if (body.isBackground()) checkpointer_.await(std::min(checkpointWait, body.timeLeft()));
    for (int run = 1;; ++run) {
        Failure reason;
        // Once more without company: it may be somebody else's body that ends shared transactions.
        const Ending ending = attempt(body, run > 1, reason);
        if (ending != Ending::again) return ending == Ending::committed;
        if (run == maximumRuns) throw DatabaseError(*reason);
        pauseBeforeRun(body, run);
    }
}

Writer::Ending Writer::attempt(TransactionBody& body, bool alone, Failure& reason) {
    auto group = std::make_shared<Group>();
    const bool first = enter(body, alone, group);
    if (first) {
        if (Failure failure = begin(*group, body.timeLeft())) {
            if (failure->kind() != Kind::busy) throw DatabaseError(*failure);
            reason = std::move(failure);
            return Ending::again;
        }
    }
    std::exception_ptr failure;
    bool accepted = false;
    {
        Member member(*this, first, body.turn());
        accepted = member.run(body, failure);
        if (member.doom() && isGivenUp(*member.doom())) reason = member.doom();
    }
    if (!connection_.inTransaction()) {
        // Undone as a whole: wanted when nobody else is in it, else the others have to try again.
        decide(*group, Decision::lost);
        leave();
        if (reason) return Ending::again;
        if (failure) std::rethrow_exception(failure);
        if (!accepted) return Ending::refused;
        throw DatabaseError(Kind::failed, rolledBack);
    }
    Failure shared;
    const Decision decision = !alone && handOver(group) ? await(group, shared) : commit(group, shared);
    if (decision == Decision::lost) {
        reason.emplace(Kind::lost, "the transaction was undone with that of another one, again and again");
        return Ending::again;
    }
    if (decision != Decision::committed) throw DatabaseError(*shared);
    if (reason) return Ending::again;
    if (failure) std::rethrow_exception(failure);
    return accepted ? Ending::committed : Ending::refused;
}

// Waits for the turn, no longer than the body may. False: it comes with an open transaction, which `group` is then.
bool Writer::enter(const TransactionBody& body, bool alone, std::shared_ptr<Group>& group) {
    const std::chrono::milliseconds timeLeft = body.timeLeft();
    group->isBackground = body.isBackground();
    std::unique_lock lock(mutex_);
    if (closed_) throw DatabaseError(Kind::failed, "the database is closed");
    if (!taken_) {
        taken_ = true;
        turnBegan_ = Clock::now();
        return true;
    }
    Waiter waiter;
    waiter.alone = alone;
    waiter.isBackground = body.isBackground();
    waiter.since = Clock::now();
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

Writer::Failure Writer::begin(Group& group, std::chrono::milliseconds timeLeft) {
    group.began = Clock::now();
    const bool hurried = timeLeft < options_.busyTimeout;
    if (hurried) connection_.setBusyTimeout(std::max(timeLeft, std::chrono::milliseconds(0)));
    const int code = begin_.run();
    Failure failure;
    if (code != SQLITE_OK) failure = connection_.error(code);
    if (hurried) connection_.setBusyTimeout(options_.busyTimeout);
    if (!failure) return failure;
    note(*failure);
    leave();
    return failure;
}

void Writer::note(const DatabaseError& failure) noexcept {
    damage_.note(failure);
    if (!isOfTheFile(failure.kind())) return;
    const std::lock_guard lock(mutex_);
    unwritable_ = failure;
}

// A key that is checked at COMMIT would fail it for everybody who shares the transaction.
void Writer::requireKeys() {
    int broken = 0;
    int unused = 0;
    sqlite3_db_status(connection_.handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &unused, 0);
    if (broken != 0) throw DatabaseError(Kind::foreignKey, "FOREIGN KEY constraint failed");
}

// True: the next one continues in the group's transaction. A request does not wait for what is of none.
bool Writer::handOver(const std::shared_ptr<Group>& group) {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return false;
    const auto next = nextWaiting();
    if ((*next)->alone || group->members >= options_.groupCommit) return false;
    if (group->isBackground && !(*next)->isBackground) {
        group->isBackground = false;
        group->began = Clock::now();
    } else if (group->isBackground != (*next)->isBackground || Clock::now() - group->began >= groupAge) {
        return false;
    }
    ++group->members;
    grant(next, group);
    return true;
}

Writer::Decision Writer::await(const std::shared_ptr<Group>& group, Failure& failure) {
    // What can still come: the bodies of others, whose statements are bounded, and one sync of the disk.
    const auto limit = options_.writeWait + options_.statementTimeout;
    std::unique_lock lock(mutex_);
    if (!group->decided.wait_until(lock, Clock::now() + limit, [&] { return group->decision != Decision::open; })) {
        failure.emplace(Kind::unknownOutcome,
                        "the commit was not confirmed within " + milliseconds(limit) + "; its outcome is unknown");
        return Decision::failed;
    }
    failure = group->failure;
    return group->decision;
}

Writer::Decision Writer::commit(const std::shared_ptr<Group>& group, Failure& failure) {
    wrote_ = false;
    failure = files_.missing(); // for all that it could acknowledge
    if (!failure) {
        if (const int code = commit_.run(); code != SQLITE_OK) failure = commitError(code);
    }
    const Decision decision = failure ? Decision::failed : Decision::committed;
    if (failure) {
        note(*failure);
        rollBack();
    }
    decide(*group, decision, failure);
    if (decision == Decision::committed) checkpointer_.committed(walPages_, isMixed(*group));
    leave();
    return decision;
}

// Whether there lately were transactions of both kinds. In the turn.
bool Writer::isMixed(const Group& group) noexcept {
    const Clock::time_point now = Clock::now();
    (group.isBackground ? backgroundAt_ : requestAt_) = now;
    return requestAt_ && backgroundAt_ && now - *requestAt_ < calm && now - *backgroundAt_ < calm;
}

// All was written and only the sync failed: whoever opens the file after an end of this process that comes before its
// next write finds the transaction committed.
DatabaseError Writer::commitError(int code) const {
    DatabaseError error = connection_.error(code);
    if (sqlite3_extended_errcode(connection_.handle()) != SQLITE_IOERR_FSYNC) return error;
    return {Kind::unknownOutcome, std::string(error.what()) + " in the sync of a commit: its outcome is unknown"};
}

void Writer::decide(Group& group, Decision decision, const Failure& failure) {
    const std::lock_guard lock(mutex_);
    if (decision == Decision::committed && wrote_) unwritable_.reset();
    group.decision = decision;
    group.failure = failure;
    group.decided.notify_all();
}

// The caller holds mutex_; somebody waits.
Writer::Waiting::iterator Writer::nextWaiting() noexcept {
    const auto first = waiting_.begin();
    if ((*first)->isBackground && Clock::now() - (*first)->since < options_.writeWait / backgroundShare) {
        const auto request =
            std::find_if(first, waiting_.end(), [](const Waiter* waiter) { return !waiter->isBackground; });
        if (request != waiting_.end()) return request;
    }
    return first;
}

// The caller holds mutex_ and the turn.
void Writer::grant(const Waiting::iterator& to, std::shared_ptr<Group> group) {
    Waiter& next = **to;
    waiting_.erase(to);
    next.group = std::move(group);
    next.granted = true;
    turnBegan_ = Clock::now();
    next.turn.notify_one();
}

void Writer::leave() noexcept {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) {
        grant(nextWaiting(), nullptr);
        return;
    }
    taken_ = false;
    left_.notify_all();
}

void Writer::rollBack() noexcept {
    if (connection_.inTransaction()) static_cast<void>(rollback_.run());
}

int Writer::onWal(void* self, sqlite3*, const char*, int pages) noexcept {
    static_cast<Writer*>(self)->walPages_ = pages;
    static_cast<Writer*>(self)->wrote_ = true;
    return SQLITE_OK;
}

Transaction* Writer::currentTransaction() const noexcept {
    return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id()
               ? current_.load(std::memory_order_relaxed)
               : nullptr;
}

void Writer::check(std::chrono::milliseconds patience) {
    {
        const std::lock_guard lock(mutex_);
        const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - turnBegan_);
        if (taken_ && held > options_.writeWait)
            throw DatabaseError(Kind::failed,
                                "the writer has been busy with one transaction for " + milliseconds(held));
        if (!unwritable_) return;
    }
    // Whoever is not ready gets no requests that would find out.
    Probe probe(connection_, patience);
    transact(probe);
}

bool Writer::close(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (Waiter* const waiter : waiting_) waiter->turn.notify_one();
    if (!left_.wait_until(lock, deadline, [this] { return !taken_; })) return false;
    return checkpointer_.close(deadline);
}

} // namespace mortise::database
