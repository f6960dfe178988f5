// SPDX-License-Identifier: Apache-2.0
#include "base/watchdog.hpp"

#include "base/thread.hpp"

#include <stdexcept>
#include <utility>

namespace mortise::base {

namespace {

WatchdogSettings checked(WatchdogSettings settings) {
    if (settings.period.count() <= 0 || settings.late.count() <= 0 || settings.fatal <= settings.late) {
        throw std::invalid_argument("a watchdog needs 0 < period and 0 < late < fatal");
    }
    return settings;
}

} // namespace

Watchdog::Watchdog(WatchdogSettings settings, std::size_t pulses, WatchdogEvents events)
    : settings_(checked(settings)), events_(std::move(events)), pulses_(pulses) {
    thread_ = startThread("watchdog", [this] { watch(); });
}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
}

void Watchdog::watch() {
    std::vector<State> states(pulses_.size(), State::fine);
    std::unique_lock lock(mutex_);
    while (!stop_.wait_until(lock, Pulse::Clock::now() + settings_.period, [this] { return stopping_; })) {
        lock.unlock();
        round(Pulse::Clock::now(), states);
        lock.lock();
    }
}

void Watchdog::round(Pulse::Clock::time_point now, std::vector<State>& states) {
    std::size_t late = 0;
    bool healthy = true;
    for (std::size_t i = 0; i < states.size(); ++i) {
        const auto heldUp = pulses_[i].busyFor(now);
        const State state = heldUp > settings_.fatal  ? State::fatal
                            : heldUp > settings_.late ? State::late
                                                      : State::fine;
        const State before = std::exchange(states[i], state);
        if (state != State::fine) ++late;
        if (state == State::fatal) healthy = false;
        if (state == State::fine && before != State::fine && events_.recovered) events_.recovered(i);
        if (state != State::fine && before == State::fine && events_.late) events_.late(i, heldUp, pulses_[i].inside());
        if (state == State::fatal && before != State::fatal && events_.fatal) {
            events_.fatal(i, heldUp, pulses_[i].inside());
        }
    }
    lateCount_.store(late, std::memory_order_relaxed);
    if (healthy && events_.healthy) events_.healthy();
}

} // namespace mortise::base
