// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/generation.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace mortise::host {

class Runtime;
class Serving;

// Owns the generation that serves, and ends those that were replaced, on a thread of its own. Loops and workers hold
// leases of a generation; when the last is gone, no request of it is left. An instance is stopped when no lease is left
// of any generation that has it, however long that takes. Thread: one at a time, never a loop.
class GenerationKeeper {
public:
    using Clock = std::chrono::steady_clock;
    // Replaced generations whose requests may still have time. With one more, that of the oldest is over.
    static constexpr std::size_t mostDraining = 8;

    // Throws std::system_error when no thread can be made.
    explicit GenerationKeeper(Runtime& runtime);
    // After end(), or when nothing was ever published.
    ~GenerationKeeper();
    GenerationKeeper(const GenerationKeeper&) = delete;
    GenerationKeeper& operator=(const GenerationKeeper&) = delete;

    // What is left of the one before the current one, for retire().
    struct Kept {
        std::shared_ptr<Generation> generation;
        std::shared_ptr<const bool> released; // no lease is left; under the lock of Leases
        std::shared_ptr<const bool> freed;    // nor is the data; likewise
        explicit operator bool() const noexcept { return generation != nullptr; }
    };
    // What requests hold of a generation: the lease holds back the end of its plugins, the data only what they look at.
    struct Adopted {
        std::shared_ptr<Generation> lease;
        std::shared_ptr<const Generation> data;
    };
    // `generation` is the current one from here on.
    Adopted adopt(std::shared_ptr<Generation> generation, Kept& replaced);
    const std::shared_ptr<Generation>& current() const noexcept { return current_.generation; }

    // Has the instances that the current generation does not carry on drain, all at once, and in the end stops and
    // destroys them, users before providers. Requests in flight have until `deadline`; then they are ended.
    // Returns at once. `serving` lives until end() has returned.
    void retire(Kept replaced, Serving& serving, Clock::time_point deadline);
    // The same with the current one, whose requests have had their time, as have those of every other; its plugins may
    // drain until `deadline`. `serving` takes no requests from here on. Returns when nothing is left, which takes as
    // long as a plugin's call does that does not return.
    void end(Serving& serving, Clock::time_point deadline);

private:
    // What leases and the keeper's thread wake each other by.
    struct Leases {
        std::mutex mutex;
        std::condition_variable changed;
        bool news = false; // something happened that the keeper's thread has not seen
        void wake();       // the lock is held
    };
    // Of the keeper's thread, but for what is under the lock of Leases.
    struct Retirement {
        enum class Step : unsigned char { begin, drain, wait, stopped, over };

        Kept kept;
        std::vector<std::shared_ptr<Instance>> ending; // users first
        std::vector<std::shared_ptr<Instance>> stopped;
        Serving* serving = nullptr;
        Clock::time_point drain;     // deadline of the plugins
        Clock::time_point requests;  // under the lock
        Clock::time_point look;      // when to go on if nothing happens before
        Clock::time_point refuse;    // when what is open is ended, again
        Clock::time_point destroyAt; // at the end of the process: when it is not waited for any more
        std::uint64_t number = 0;
        Step step = Step::begin;
        bool ended = false;    // its requests were
        bool cut = false;      // and those whose commit was claimed
        bool reported = false; // that it is still in use
    };
    using All = std::span<Retirement* const>; // that are retired, oldest first

    void work() noexcept;
    void advance(Retirement& one, All all);
    void drain(Retirement& one);
    void endRequests(Retirement& one);
    void finish(Retirement& one, All all);
    void destroy(Retirement& one);
    bool isSet(const std::shared_ptr<const bool>& flag) const;
    void reportInUse(Retirement& one);
    void add(Kept kept, const Generation* heir, Serving& serving, Clock::time_point drain, Clock::time_point requests);

    Runtime& runtime_;
    Kept current_;
    const std::shared_ptr<Leases> leases_ = std::make_shared<Leases>();
    std::list<Retirement> retired_;                        // oldest first; the list itself is under the lock
    bool leaving_ = false;                                 // under the lock
    bool ending_ = false;                                  // likewise: end() was called
    Clock::time_point commits_ = Clock::time_point::max(); // likewise: when requests are ended whose commit was claimed
    std::thread thread_;
};

} // namespace mortise::host
