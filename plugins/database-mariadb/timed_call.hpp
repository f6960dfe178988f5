// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace mortise::mariadb {

class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    explicit Deadline(std::chrono::milliseconds timeout) : at_(Clock::now() + timeout) {}

    Clock::time_point at() const noexcept { return at_; }
    bool isOver() const noexcept { return Clock::now() >= at_; }
    // Rounded up, such that a wait for it does not end just before; 0 when it is over.
    int remainingMilliseconds() const noexcept;

private:
    Clock::time_point at_;
};

// While it lives, calls of libmariadb on this thread wait until the deadline and no longer; without one they do not
// wait at all. Every wait of the library, those within a TLS handshake too, is a call of `wait`: the library's
// non-blocking calls would leave the handshake out, and lose what they have allocated when a suspended call is given
// up.
class TimedCall {
public:
    explicit TimedCall(const Deadline& deadline) noexcept;
    TimedCall(const TimedCall&) = delete;
    TimedCall& operator=(const TimedCall&) = delete;
    ~TimedCall();

    // Whether a wait ended by the deadline.
    bool late() const noexcept { return late_; }

    // For MARIADB_OPT_IO_WAIT: 1 when the socket is ready, 0 when the time is over, -1 on failure, with errno.
    static int wait(int socket, char isRead, int timeout) noexcept;

private:
    const Deadline& deadline_;
    bool late_ = false;
};

} // namespace mortise::mariadb
