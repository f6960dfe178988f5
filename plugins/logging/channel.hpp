// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_queue.hpp"
#include "output.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace mortise::logging {

// One output with its queue and its thread, so that a slow one holds up nobody. While the output takes nothing, lines
// wait in the queue; past its bound they are dropped, and a line tells how many as soon as the output goes on.
class Channel {
public:
    struct Hooks {
        // [channel's thread] The line that reports dropped ones, as the output wants it.
        std::function<std::string(std::uint64_t dropped)> dropped_line;
        // [channel's thread] A sentence for the operator: the output stopped or goes on.
        std::function<void(const std::string& sentence)> report;
    };

    // Starts the thread, with every signal blocked. `name` for debuggers, at most 15 bytes.
    Channel(std::unique_ptr<Output> output, const LineQueue::Settings& settings, Hooks hooks, const char* name);
    // stop() within a second.
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    // [any] Never blocks. False: dropped and counted.
    bool push(std::string_view line, bool urgent) noexcept { return queue_.push(line, urgent); }
    // [any] Waits until everything pushed before is written.
    bool flush(std::chrono::steady_clock::time_point deadline) { return queue_.drain(deadline); }
    // [any] Before the next write.
    void reopen() noexcept;
    // [control] Takes no more lines; the thread ends when all is written, or at `deadline`, and tells what is lost
    // then.
    void end(std::chrono::steady_clock::time_point deadline) noexcept;
    // [control] Likewise, and waits for it. May follow end().
    void stop(std::chrono::steady_clock::time_point deadline);

    std::uint64_t dropped() const noexcept { return queue_.droppedInAll(); }

private:
    void run();
    // False when it gave up.
    bool writeAll(std::string_view text);
    bool mayGoOn() const noexcept;
    void reopenIfAsked();

    const std::unique_ptr<Output> output_;
    const Hooks hooks_;
    LineQueue queue_;
    std::atomic<bool> reopen_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<std::int64_t> deadline_ns_{0}; // steady clock; holds once stopping_
    bool in_trouble_ = false;
    std::uint64_t lost_ = 0; // lines given up
    std::thread thread_;
};

} // namespace mortise::logging
