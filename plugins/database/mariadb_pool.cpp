// SPDX-License-Identifier: Apache-2.0
#include "mariadb_pool.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using Milliseconds = std::chrono::milliseconds;

// Of a caller's own time, which says nothing of the server.
constexpr Milliseconds noTime{1};
// Longer than any limit of a connection; a longer wait would overflow the clock.
constexpr Milliseconds endless{std::chrono::hours(1)};

DatabaseError closedError() {
    return {Kind::failed, "the database is closed"};
}

} // namespace

MariadbPool::MariadbPool(std::function<SqlDriver()> driver, const MariadbOptions& options,
                         const StatementRegistry& registry, const std::function<void(const std::string&)>& report)
    : driver_(std::move(driver)),
      options_(options),
      registry_(registry),
      report_(report),
      pause_(options.firstPause, options.longestPause) {
    idle_.reserve(options_.server.connectionLimit);
}

bool MariadbPool::isFree(Use use) const noexcept {
    const std::size_t limit = options_.server.connectionLimit;
    return !closed_ && leased_ < limit && (use == Use::read || transactions_ + 1 < limit);
}

void MariadbPool::take(Use use) noexcept {
    ++leased_;
    if (use == Use::transaction) ++transactions_;
}

// The caller holds mutex_.
void MariadbPool::grant() noexcept {
    for (auto next = waiting_.begin(); next != waiting_.end();) {
        Waiter& waiter = **next;
        if (!isFree(waiter.use)) {
            ++next;
            continue;
        }
        next = waiting_.erase(next);
        take(waiter.use);
        waiter.granted = true;
        waiter.turn.notify_one();
    }
}

void MariadbPool::enter(Use use, Milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (closed_) throw closedError();
    const bool first = std::none_of(waiting_.begin(), waiting_.end(), [use](const Waiter* waiter) {
        return waiter->use == use || use == Use::transaction;
    });
    if (first && isFree(use)) return take(use);
    Waiter waiter{use, false, {}};
    waiting_.push_back(&waiter);
    waiter.turn.wait_until(lock, Clock::now() + wait, [&] { return waiter.granted || closed_; });
    if (waiter.granted) return;
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &waiter));
    if (closed_) throw closedError();
    throw DatabaseError(Kind::busy, "no connection to database " + options_.server.place() + " became free within " +
                                        std::to_string(wait.count()) + " ms (" +
                                        std::to_string(options_.server.connectionLimit) + " are in use)");
}

MariadbPool::Lease MariadbPool::lease(Use use, Milliseconds wait) {
    if (wait < noTime) throw DatabaseError(Kind::busy, "the request's deadline passed before its turn came");
    const Clock::time_point deadline = Clock::now() + std::min<Milliseconds>(wait, endless);
    enter(use, std::min(wait, options_.server.poolTimeout));
    try {
        if (auto session = idle()) return {*this, use, std::move(session), true};
        return {*this, use, connect(deadline), false};
    } catch (...) {
        giveBack(use, nullptr);
        throw;
    }
}

std::unique_ptr<MariadbSession> MariadbPool::idle() {
    for (;;) {
        std::unique_ptr<MariadbSession> session;
        {
            const std::lock_guard lock(mutex_);
            if (idle_.empty()) return nullptr;
            session = std::move(idle_.back());
            idle_.pop_back();
        }
        if (session->isAlive()) return session;
    }
}

std::unique_ptr<MariadbSession> MariadbPool::connect(Clock::time_point deadline) {
    pause_.enter();
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
    const Milliseconds time = std::max(noTime, std::min(left, options_.server.connectTimeout));
    try {
        auto session = std::make_unique<MariadbSession>(driver_(), options_, registry_, time);
        pause_.succeeded();
        bool warns = false;
        {
            const std::lock_guard lock(mutex_);
            warns = !session->warning().empty() && !std::exchange(warned_, true);
        }
        if (warns && report_) report_(session->warning());
        return session;
    } catch (const ConnectError& error) {
        // Of a caller that had no time left it says nothing of the server.
        if (time < options_.server.connectTimeout && Clock::now() >= deadline) {
            pause_.left();
            throw DatabaseError(Kind::busy, error.what());
        }
        pause_.failed(error);
        throw;
    } catch (...) {
        pause_.left();
        throw;
    }
}

// A session is closed without the lock, and before whoever closes the pool continues.
void MariadbPool::giveBack(Use use, std::unique_ptr<MariadbSession> session) noexcept {
    if (session && (session->isLost() || isClosed())) session.reset();
    const std::lock_guard lock(mutex_);
    --leased_;
    if (use == Use::transaction) --transactions_;
    if (session) idle_.push_back(std::move(session)); // reserved: cannot throw
    if (leased_ == 0) returned_.notify_all();
    grant();
}

bool MariadbPool::isClosed() const noexcept {
    const std::lock_guard lock(mutex_);
    return closed_;
}

bool MariadbPool::close(Clock::time_point deadline) {
    std::vector<std::unique_ptr<MariadbSession>> ended;
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (Waiter* const waiter : waiting_) waiter->turn.notify_one();
    const bool all = returned_.wait_until(lock, deadline, [this] { return leased_ == 0; });
    if (all) ended.swap(idle_);
    return all;
}

} // namespace mortise::database
