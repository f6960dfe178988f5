// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

namespace mortise::logging {

// Lines between many threads that write and one that empties them in blocks: two buffers of the same size that change
// places. A line that does not fit is dropped and counted. No allocation after construction; push makes no system call
// but for waking a reader that sleeps because nothing came for a while, or that should hurry.
class LineQueue {
public:
    struct Settings {
        std::size_t capacity = 4 * 1024 * 1024; // bytes of each of the two buffers; pages are used as they are needed
        std::size_t block = 64 * 1024;          // bytes that are worth writing at once
        std::chrono::milliseconds interval{10}; // a line waits so long for others at most
        std::chrono::milliseconds linger{200};  // the reader keeps looking so long before it has to be woken
    };
    struct Block {
        std::string_view text;     // whole lines, valid until the next take
        std::uint64_t dropped = 0; // lines lost after those of `text`
        bool stopped = false;      // stop was asked for and this is all there is
    };

    explicit LineQueue(const Settings& settings);

    // [any] `urgent`: is written without waiting for others. False: dropped.
    bool push(std::string_view line, bool urgent) noexcept;
    // [any] The reader returns from take soon, with or without text.
    void hurry() noexcept;
    // [any] The same, and the last block says so. Lines that come afterwards are dropped.
    void stop() noexcept;

    // [reader] Waits for lines.
    Block take();
    // [reader] The block of the last take and its report of dropped lines are dealt with.
    void done() noexcept;
    // [any] Waits until what was pushed before is dealt with. False when `deadline` came first.
    bool drain(std::chrono::steady_clock::time_point deadline);
    // [reader] Sleeps so long, or until stop() is called; 20 ms at most once it was.
    void pause(std::chrono::milliseconds time);

    std::uint64_t droppedInAll() const noexcept;

private:
    bool pressed() const noexcept { return hurry_ || stopping_; }
    void lock(std::unique_lock<std::mutex>& guard) noexcept;

    const Settings settings_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable written_;
    // Everything below is under mutex_, except that the reader owns the bytes of back_.
    std::unique_ptr<char[]> front_;
    std::unique_ptr<char[]> back_;
    std::size_t size_ = 0;
    std::uint64_t dropped_ = 0; // since the last take
    std::uint64_t dropped_in_all_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t done_ = 0;
    bool asleep_ = false;
    bool hurry_ = false;
    bool stopping_ = false;
};

} // namespace mortise::logging
