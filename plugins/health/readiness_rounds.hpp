// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "readiness_result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::health {

// Many probes, few rounds of checks: a result serves for a while, one round runs at a time, and who asks meanwhile
// waits for it up to a deadline. Any thread.
class ReadinessRounds {
public:
    using Clock = std::chrono::steady_clock;
    using Result = std::shared_ptr<const ReadinessResult>;
    // Called exactly once, on the thread that ends the round or lets the deadline pass, without a lock held.
    using Waiter = std::function<void(const Result& result)>;

    struct Settings {
        std::chrono::milliseconds cache;   // how long a result serves; 0: every probe that finds no round begins one
        std::chrono::milliseconds timeout; // how long a probe waits
        std::size_t most_waiting = 256;
    };
    enum class Step {
        answered, // `waiter` was called
        wait,     // it will be, by the round that runs or by expire()
        run       // it will be; the caller runs the checks now and calls finish(), and sees to expire(round)
    };
    struct Asked {
        Step step;
        std::uint64_t round = 0; // of run
    };

    explicit ReadinessRounds(const Settings& settings) : settings_(settings) {}

    Asked ask(Clock::time_point now, Waiter waiter);
    // The checks of `round` ended.
    void finish(std::uint64_t round, ReadinessResult result, Clock::time_point now);
    // The deadline of `round` passed: who still waits is told that it did, and so is everybody until the round ends.
    void expire(std::uint64_t round);
    // Nothing more will come: who waits is told `result`.
    void close(ReadinessResult result);

private:
    const Settings settings_;
    std::mutex mutex_;
    // Everything below is under mutex_.
    Result last_;
    Clock::time_point last_at_{};
    std::vector<Waiter> waiters_;
    std::uint64_t round_ = 0;
    bool running_ = false;
    bool overdue_ = false; // the running round is past its deadline
    bool closed_ = false;
};

} // namespace mortise::health
