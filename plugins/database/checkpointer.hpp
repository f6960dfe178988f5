// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite_connection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace mortise::database {

// Checkpoints the write-ahead log into the database, on a thread and a connection of its own: writers continue
// meanwhile. Only a log that readers, or writers without a gap, kept from starting over is emptied while the writer
// waits.
class Checkpointer {
public:
    // Of a file that is in write-ahead mode. `report` is called, on any thread, when the log cannot be carried over
    // for another reason than that others are in the way: once until it succeeds again.
    Checkpointer(const SqliteOptions& options, const StatementRegistry& registry,
                 std::function<void(const std::string&)> report);
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;
    ~Checkpointer();

    // After a commit, by the one whose turn it is: how long the log is. In `small` steps what one of them writes and
    // syncs keeps the disk from nobody for long.
    void committed(int pages, bool small) noexcept;
    // Waits, for `patience` at most, until nothing of it is under way.
    void await(std::chrono::milliseconds patience) noexcept;
    // Ends the thread and empties the log. Nobody commits any more. False: not until `deadline`; call again.
    bool close(std::chrono::steady_clock::time_point deadline) noexcept;

private:
    enum class State { resting, asked, stopping, ended };
    class Use;

    void run() noexcept;
    void carryOver() noexcept;
    // SQLITE_CHECKPOINT_…; how many pages of the log are carried over. The caller has a Use.
    int checkpoint(int mode) noexcept;
    void empty(int mode) noexcept;
    void stop() noexcept;

    const std::string file_;
    const int usual_; // pages
    const std::function<void(const std::string&)> report_;
    int asked_ = 0;             // how long the log was; touched in a turn only
    std::atomic<int> pages_{0}; // how long it is

    SqliteConnection connection_; // of who has a Use
    bool isReported_ = false;     // likewise

    std::mutex mutex_;
    std::condition_variable changed_;
    bool isUsed_ = false;
    State state_ = State::resting;
    std::thread thread_; // last: it looks at the others
};

} // namespace mortise::database
