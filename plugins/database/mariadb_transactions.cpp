// SPDX-License-Identifier: Apache-2.0
#include "mariadb_transactions.hpp"

#include "transaction_retry.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using Milliseconds = std::chrono::milliseconds;

// How long a server that had no room is left alone.
constexpr std::chrono::seconds unwritablePause{5};

bool isOfTheServer(Kind kind) noexcept {
    return kind == Kind::readOnly || kind == Kind::full;
}

} // namespace

// The transaction of one outermost body.
class MariadbTransactions::Member final : public Transaction {
public:
    Member(MariadbTransactions& owner, MariadbPool::Lease& lease, const TransactionBody& body)
        : owner_(owner), lease_(lease), body_(body) {
        const std::lock_guard lock(owner_.mutex_);
        owner_.running_.emplace_back(std::this_thread::get_id(), this);
    }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member() override {
        const std::lock_guard lock(owner_.mutex_);
        std::erase_if(owner_.running_, [this](const auto& one) { return one.second == this; });
    }

    std::uint64_t turn() const noexcept override { return body_.turn(); }
    std::uint64_t execute(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) override {
        requireTransaction();
        const Milliseconds time = timeLeft();
        try {
            return lease_.session().run(statement, parameters, visitor, time);
        } catch (const DatabaseError& error) {
            owner_.note(error);
            if (isGivenUp(error) || lease_.session().isLost()) doom_ = error;
            throw;
        }
    }

    // A body inside of this one's: undone alone.
    bool join(TransactionBody& body) {
        requireTransaction();
        const std::string name = "part" + std::to_string(++depth_);
        const Depth depth(depth_);
        command("SAVEPOINT " + name);
        bool accepted = false;
        std::exception_ptr failure;
        try {
            accepted = body.run(*this);
        } catch (...) {
            failure = std::current_exception();
        }
        requireTransaction(); // whatever the bodies made of it
        if (!accepted || failure) command("ROLLBACK TO SAVEPOINT " + name);
        command("RELEASE SAVEPOINT " + name);
        if (failure) std::rethrow_exception(failure);
        return accepted;
    }
    // Why nothing of this transaction can be kept, though a body may have gone on.
    const Failure& doom() const noexcept { return doom_; }

private:
    struct Depth {
        explicit Depth(int& depth) : depth_(depth) {}
        Depth(const Depth&) = delete;
        Depth& operator=(const Depth&) = delete;
        ~Depth() { --depth_; }
        int& depth_;
    };

    void requireTransaction() const {
        if (doom_) throw DatabaseError(*doom_);
    }
    Milliseconds timeLeft() {
        const Milliseconds left = body_.timeLeft();
        if (left > Milliseconds(0)) return std::min(left, owner_.options_.statementTimeout);
        doom_.emplace(Kind::busy, "the request's deadline passed inside of its transaction");
        throw DatabaseError(*doom_);
    }
    // The transaction is nothing to go on with where one fails.
    void command(const std::string& sql) {
        const Milliseconds time = timeLeft();
        try {
            lease_.session().command(sql, time);
        } catch (const DriverError& error) {
            doom_ = lease_.session().error(error);
            throw DatabaseError(*doom_);
        }
    }

    MariadbTransactions& owner_;
    MariadbPool::Lease& lease_;
    const TransactionBody& body_;
    int depth_ = 0;
    Failure doom_;
};

bool MariadbTransactions::transact(TransactionBody& body) {
    if (Member* const around = current()) return around->join(body);
    for (int run = 1;; ++run) {
        Failure reason;
        const Ending ending = attempt(body, reason);
        if (ending != Ending::again) return ending == Ending::committed;
        if (run == maximumRuns) throw DatabaseError(*reason);
        pauseBeforeRun(body, run);
    }
}

MariadbTransactions::Ending MariadbTransactions::attempt(TransactionBody& body, Failure& reason) {
    MariadbPool::Lease lease = pool_.lease(MariadbPool::Use::transaction, body.timeLeft());
    const Milliseconds time = std::min(body.timeLeft(), options_.statementTimeout);
    try {
        lease.session().command("START TRANSACTION", time);
    } catch (const DriverError& error) {
        reason = lease.session().error(error);
        if (!isGivenUp(*reason)) throw DatabaseError(*reason);
        return Ending::again;
    }
    bool accepted = false;
    std::exception_ptr failure;
    Failure doom;
    {
        Member member(*this, lease, body);
        try {
            accepted = body.run(member);
        } catch (...) {
            failure = std::current_exception();
        }
        doom = member.doom();
    }
    if (doom) {
        rollBack(lease);
        if (isGivenUp(*doom)) {
            reason = doom;
            return Ending::again;
        }
        if (failure) std::rethrow_exception(failure);
        throw DatabaseError(*doom);
    }
    if (failure || !accepted) {
        rollBack(lease);
        if (failure) std::rethrow_exception(failure);
        return Ending::refused;
    }
    try {
        if (!body.mayCommit())
            throw DatabaseError(Kind::stale, "the host has ended the request: its transaction is rolled back");
    } catch (...) {
        rollBack(lease);
        throw;
    }
    const Failure uncommitted = commit(lease);
    if (!uncommitted) return Ending::committed;
    if (!isGivenUp(*uncommitted)) throw DatabaseError(*uncommitted);
    reason = uncommitted;
    return Ending::again;
}

// An error that the server gives is one of a transaction that it rolled back; where it gives none nobody knows.
MariadbTransactions::Failure MariadbTransactions::commit(MariadbPool::Lease& lease) {
    Failure failure;
    try {
        lease.session().command("COMMIT", options_.statementTimeout);
        const std::lock_guard lock(mutex_);
        unwritable_.reset();
        return failure;
    } catch (const DriverError& error) {
        if (lease.session().isLost())
            failure.emplace(Kind::unknownOutcome, std::string("the connection was lost in a commit, whose outcome is "
                                                              "unknown: ") +
                                                      error.what());
        else
            failure = lease.session().error(error);
    }
    note(*failure);
    rollBack(lease);
    return failure;
}

void MariadbTransactions::rollBack(MariadbPool::Lease& lease) noexcept {
    if (lease.session().isLost()) return;
    try {
        lease.session().command("ROLLBACK", options_.statementTimeout);
    } catch (const std::exception&) {
        lease.close(); // the server rolls back with the end of the connection
    }
}

void MariadbTransactions::note(const DatabaseError& failure) {
    if (!isOfTheServer(failure.kind())) return;
    const std::lock_guard lock(mutex_);
    unwritable_ = failure;
    failed_ = std::chrono::steady_clock::now();
}

Transaction* MariadbTransactions::currentTransaction() const noexcept {
    return current();
}

std::optional<DatabaseError> MariadbTransactions::unwritable() const {
    const std::lock_guard lock(mutex_);
    return unwritable_;
}

void MariadbTransactions::wroteAgain() {
    const std::lock_guard lock(mutex_);
    unwritable_.reset();
}

bool MariadbTransactions::mayWriteAgain() {
    const std::lock_guard lock(mutex_);
    if (unwritable_ && std::chrono::steady_clock::now() - failed_ < unwritablePause) return false;
    unwritable_.reset();
    return true;
}

MariadbTransactions::Member* MariadbTransactions::current() const noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [own = std::this_thread::get_id()](const auto& one) { return one.first == own; });
    return found == running_.end() ? nullptr : found->second;
}

} // namespace mortise::database
