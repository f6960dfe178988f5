// SPDX-License-Identifier: Apache-2.0
#include "connect_pause.hpp"

#include <algorithm>
#include <functional>
#include <random>
#include <thread>

namespace mortise::database {

void ConnectPause::enter() {
    const std::lock_guard lock(mutex_);
    if (!failure_) return;
    if (trying_ || Clock::now() < next_) throw ConnectError(*failure_);
    trying_ = true;
}

void ConnectPause::succeeded() {
    const std::lock_guard lock(mutex_);
    failure_.reset();
    pause_ = Milliseconds(0);
    trying_ = false;
}

void ConnectPause::failed(const ConnectError& error) {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    // Others that began together fail together: that is one failure.
    if (!failure_ || trying_) pause_ = failure_ ? std::min(pause_ * 2, longest_) : first_;
    failure_ = error;
    trying_ = false;
    std::minstd_rand random(static_cast<std::uint32_t>(now.time_since_epoch().count()) ^
                            static_cast<std::uint32_t>(std::hash<std::thread::id>()(std::this_thread::get_id())));
    next_ = now + Milliseconds(std::uniform_int_distribution<std::int64_t>(pause_.count() / 2, pause_.count())(random));
}

void ConnectPause::left() {
    const std::lock_guard lock(mutex_);
    trying_ = false;
}

ConnectPause::Milliseconds ConnectPause::remaining() const {
    const std::lock_guard lock(mutex_);
    if (!failure_) return Milliseconds(0);
    return std::max(Milliseconds(0), std::chrono::duration_cast<Milliseconds>(next_ - Clock::now()));
}

} // namespace mortise::database
