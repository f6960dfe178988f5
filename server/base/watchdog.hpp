// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mortise::base {

// What one event loop tells about itself: two stores a round, no lock. Idle in epoll_wait is not late.
class Pulse {
public:
    using Clock = std::chrono::steady_clock;

    // Back from waiting; `now` is the reading the loop takes anyway.
    void busy(Clock::time_point now) noexcept { busySince_.store(now.time_since_epoch().count(), relaxed); }
    // About to wait.
    void idle() noexcept { busySince_.store(0, relaxed); }
    // Whose code runs: any token the owner can turn back into a name; 0 for the host's own.
    void enter(std::uint64_t token) noexcept { inside_.store(token, std::memory_order_release); }
    void leave() noexcept { inside_.store(0, relaxed); }

    // Thread: any.
    std::uint64_t inside() const noexcept { return inside_.load(std::memory_order_acquire); }
    // Zero while idle.
    Clock::duration busyFor(Clock::time_point now) const noexcept {
        const auto since = busySince_.load(relaxed);
        return since == 0 ? Clock::duration::zero() : now - Clock::time_point(Clock::duration(since));
    }

private:
    static constexpr auto relaxed = std::memory_order_relaxed;
    alignas(64) std::atomic<Clock::rep> busySince_{0};
    std::atomic<std::uint64_t> inside_{0};
};

struct WatchdogSettings {
    std::chrono::milliseconds period{50};
    std::chrono::milliseconds late{100};
    std::chrono::milliseconds fatal{10'000};
};

// All are called on the watchdog's thread and must not block or throw.
struct WatchdogEvents {
    // Pulse `index` passed the late limit, once per hold-up; `inside` is its token at that moment.
    std::function<void(std::size_t index, Pulse::Clock::duration heldUp, std::uint64_t inside)> late;
    std::function<void(std::size_t index)> recovered;
    // Passed the fatal limit; normally ends the process. Called once per hold-up.
    std::function<void(std::size_t index, Pulse::Clock::duration heldUp, std::uint64_t inside)> fatal;
    // Every round in which no pulse is past the fatal limit: the place for the service manager's keep-alive.
    std::function<void()> healthy;
};

// Watches a fixed set of pulses from a thread of its own.
class Watchdog {
public:
    // Throws std::invalid_argument unless 0 < period and late < fatal. Empty events are skipped.
    Watchdog(WatchdogSettings settings, std::size_t pulses, WatchdogEvents events);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    // `index` below the count given. The reference lives as long as the watchdog.
    Pulse& pulse(std::size_t index) { return pulses_.at(index); }
    std::size_t pulses() const noexcept { return pulses_.size(); }
    // Pulses past the late limit now, for readiness. Thread: any.
    std::size_t lateCount() const noexcept { return lateCount_.load(std::memory_order_relaxed); }

private:
    enum class State : unsigned char { fine, late, fatal };
    void watch();
    void round(Pulse::Clock::time_point now, std::vector<State>& states);

    const WatchdogSettings settings_;
    const WatchdogEvents events_;
    std::vector<Pulse> pulses_;
    std::atomic<std::size_t> lateCount_{0};
    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace mortise::base
