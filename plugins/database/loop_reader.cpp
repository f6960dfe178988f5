// SPDX-License-Identifier: Apache-2.0
#include "loop_reader.hpp"

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

class Flag {
public:
    explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;
    ~Flag() { flag_ = false; }

private:
    bool& flag_;
};

} // namespace

LoopReader::LoopReader(const SqliteOptions& options, const StatementRegistry& registry, const WalIndex& index,
                       Loops& loops)
    : loops_(loops),
      index_(index),
      connection_(std::make_unique<SqliteConnection>(options, registry,
                                                     SqliteConnection::Use{SqliteConnection::Access::read,
                                                                           options.loopBusyLimit, options.loopReadLimit,
                                                                           Kind::busy})),
      begin_(connection_->prepare("BEGIN DEFERRED")),
      commit_(connection_->prepare("COMMIT")) {}

void LoopReader::read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) {
    if (inside_) throw DatabaseError(Kind::invalid, "the database was called while it shows a row");
    const Flag inside(inside_);
    const std::lock_guard lock(mutex_);
    enter();
    connection_->run(statement, parameters, visitor);
}

void LoopReader::snapshot(const std::function<void()>& body) {
    if (inside_) throw DatabaseError(Kind::invalid, "the database was called while it shows a row");
    if (held_) return body();
    {
        const std::lock_guard lock(mutex_);
        enter();
        if (!inSnapshot_) beginSnapshot();
    }
    class Held {
    public:
        explicit Held(LoopReader& reader) : reader_(reader), flag_(reader.held_) {}
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        // One that no batch ends ends here.
        ~Held() {
            const std::lock_guard lock(reader_.mutex_);
            if (!reader_.inBatch_ && reader_.connection_) reader_.endSnapshot();
        }

    private:
        LoopReader& reader_;
        const Flag flag_;
    };
    const Held held(*this);
    body();
}

std::uint64_t LoopReader::dataVersion() {
    if (inside_) return state_;
    const std::lock_guard lock(mutex_);
    enter();
    return state_;
}

void LoopReader::enter() {
    if (!connection_) throw DatabaseError(Kind::failed, "the database is closed");
    if (held_) return;
    if (!inBatch_) inBatch_ = loops_.atBatchEnd(&onBatchEnd, this);
    const std::uint64_t state = index_.state();
    if (inSnapshot_ && state == state_) return;
    endSnapshot();
    // From before the snapshot begins: a commit in between makes the next read begin a new one, needlessly but rightly.
    state_ = state;
    if (inBatch_) beginSnapshot();
}

void LoopReader::beginSnapshot() {
    connection_->require(begin_.run());
    inSnapshot_ = true;
}

void LoopReader::endSnapshot() noexcept {
    if (!inSnapshot_) return;
    // Ending a transaction that only read does not fail; should it, the connection reads on in an old snapshot no
    // longer than until the next attempt.
    static_cast<void>(commit_.run());
    inSnapshot_ = connection_->inTransaction();
}

void LoopReader::onBatchEnd(void* self) noexcept {
    auto& reader = *static_cast<LoopReader*>(self);
    const std::lock_guard lock(reader.mutex_);
    reader.inBatch_ = false;
    reader.endSnapshot();
    reader.ended_.notify_all();
}

bool LoopReader::close(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!ended_.wait_until(lock, deadline, [this] { return !inBatch_; })) return false;
    endSnapshot();
    begin_ = {};
    commit_ = {};
    connection_.reset();
    return true;
}

} // namespace mortise::database
