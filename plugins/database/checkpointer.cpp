// SPDX-License-Identifier: Apache-2.0
#include "checkpointer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace mortise::database {

namespace {

// The log is emptied by force when it grew to this many times the usual size: readers that follow each other without a
// gap keep SQLite from starting it over.
constexpr int forcedAt = 8;
// Of the usual size.
constexpr int smallSteps = 20;
// For readers, or for a checkpoint that is under way, when it is forced.
constexpr std::chrono::milliseconds forcedWait{100};
// For one that is forced meanwhile.
constexpr std::chrono::seconds carryOverWait{10};
// What was committed during one pass is carried over by the next, which is shorter.
constexpr int maximumPasses = 3;

} // namespace

// Of the connection, by one at a time.
class Checkpointer::Use {
public:
    Use(Checkpointer& owner, std::chrono::milliseconds patience) : owner_(owner) {
        std::unique_lock lock(owner_.mutex_);
        has_ = owner_.changed_.wait_for(lock, patience, [this] { return !owner_.isUsed_; });
        if (has_) owner_.isUsed_ = true;
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() {
        if (!has_) return;
        const std::lock_guard lock(owner_.mutex_);
        owner_.isUsed_ = false;
        owner_.changed_.notify_all();
    }
    explicit operator bool() const noexcept { return has_; }

private:
    Checkpointer& owner_;
    bool has_ = false;
};

Checkpointer::Checkpointer(const SqliteOptions& options, const StatementRegistry& registry,
                           std::function<void(const std::string&)> report)
    : file_(options.file.string()),
      usual_(static_cast<int>(options.walAutocheckpoint)),
      report_(std::move(report)),
      connection_(
          options, registry,
          {SqliteConnection::Access::write, forcedWait, std::chrono::milliseconds(0), DatabaseError::Kind::failed}),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    stop();
    if (thread_.joinable()) thread_.join();
}

void Checkpointer::committed(int pages, bool small) noexcept {
    pages_ = pages;
    if (pages < asked_) asked_ = 0; // the log was started over
    if (pages - asked_ < (small ? std::max(1, usual_ / smallSteps) : usual_)) return;
    asked_ = pages;
    if (pages >= usual_ * forcedAt) {
        empty(SQLITE_CHECKPOINT_RESTART);
        return;
    }
    const std::lock_guard lock(mutex_);
    if (state_ != State::resting) return;
    state_ = State::asked;
    changed_.notify_all();
}

void Checkpointer::await(std::chrono::milliseconds patience) noexcept {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [this] { return state_ != State::asked; });
}

bool Checkpointer::close(std::chrono::steady_clock::time_point deadline) noexcept {
    stop();
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_until(lock, deadline, [this] { return state_ == State::ended; })) return false;
    }
    if (thread_.joinable()) thread_.join();
    empty(SQLITE_CHECKPOINT_TRUNCATE);
    return true;
}

void Checkpointer::stop() noexcept {
    const std::lock_guard lock(mutex_);
    if (state_ == State::ended) return;
    state_ = State::stopping;
    changed_.notify_all();
}

void Checkpointer::run() noexcept {
    std::unique_lock lock(mutex_);
    while (state_ != State::stopping) {
        if (state_ == State::asked) {
            lock.unlock();
            carryOver();
            lock.lock();
            if (state_ == State::asked) state_ = State::resting;
            changed_.notify_all();
        }
        changed_.wait(lock, [this] { return state_ != State::resting; });
    }
    state_ = State::ended;
    changed_.notify_all();
}

void Checkpointer::carryOver() noexcept {
    const Use use(*this, carryOverWait);
    if (!use) return;
    for (int pass = 0; pass < maximumPasses; ++pass) {
        const int carriedOver = checkpoint(SQLITE_CHECKPOINT_PASSIVE);
        if (carriedOver == 0 || carriedOver >= pages_) return;
    }
}

void Checkpointer::empty(int mode) noexcept {
    if (const Use use(*this, forcedWait); use) checkpoint(mode);
}

int Checkpointer::checkpoint(int mode) noexcept {
    int pages = 0;
    int carriedOver = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), "main", mode, &pages, &carriedOver);
    if (code == SQLITE_OK) {
        isReported_ = false;
        return carriedOver;
    }
    const int kind = code & 0xff;
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_INTERRUPT) return 0;
    if (!isReported_ && report_)
        report_("the write-ahead log of database '" + file_ +
                "' cannot be carried over into it and grows until it can: " + connection_.error(code).what());
    isReported_ = true;
    return 0;
}

} // namespace mortise::database
