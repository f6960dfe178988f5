// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "loops.hpp"
#include "sqlite_connection.hpp"
#include "wal_index.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace mortise::database {

// The reader of one event loop. All reads of a batch of events share one read transaction, which saves half of a short
// read's cost; it is begun anew when someone committed since, so that a read sees every write acknowledged before it.
class LoopReader {
public:
    LoopReader(const SqliteOptions& options, const StatementRegistry& registry, const WalIndex& index, Loops& loops);

    // [its loop]
    void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor);
    // [its loop] What is read within `body` is of one state, whoever commits meanwhile.
    void snapshot(const std::function<void()>& body);
    // [its loop] The state that the batch's reads see.
    std::uint64_t dataVersion();

    // [another thread] Waits for the end of the batch and closes. False: it did not end in time; then this object must
    // stay, since the loop still calls it.
    bool close(std::chrono::steady_clock::time_point deadline);

private:
    void enter();
    void beginSnapshot();
    void endSnapshot() noexcept;
    static void onBatchEnd(void* self) noexcept;

    Loops& loops_;
    const WalIndex& index_;
    std::mutex mutex_; // taken by `close` only once, so the loop never waits
    std::condition_variable ended_;
    std::unique_ptr<SqliteConnection> connection_; // empty: closed
    SqliteStatement begin_;
    SqliteStatement commit_;
    bool inBatch_ = false;
    bool inSnapshot_ = false;
    bool inside_ = false;     // touched by the loop only
    bool held_ = false;       // by snapshot(), likewise
    std::uint64_t state_ = 0; // of the index, from before the snapshot
};

} // namespace mortise::database
