// SPDX-License-Identifier: Apache-2.0
#include "timed_call.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace mortise::mariadb {

namespace {

// The library hands nothing of the caller's to its callback, and calls it on the thread of the call.
thread_local TimedCall* current = nullptr;

} // namespace

int Deadline::remainingMilliseconds() const noexcept {
    const auto remaining = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(remaining, 0, std::numeric_limits<int>::max()));
}

TimedCall::TimedCall(const Deadline& deadline) noexcept : deadline_(deadline) {
    current = this;
}
TimedCall::~TimedCall() {
    current = nullptr;
}

int TimedCall::wait(int socket, char isRead, int) noexcept {
    pollfd entry{};
    entry.fd = socket;
    entry.events = isRead != 0 ? POLLIN : POLLOUT;
    for (;;) {
        const int remaining = current == nullptr ? 0 : current->deadline_.remainingMilliseconds();
        const int ready = ::poll(&entry, 1, remaining);
        if (ready > 0) return 1;
        if (ready < 0 && errno != EINTR) return -1;
        if (ready == 0 && remaining == 0) break;
    }
    if (current != nullptr) current->late_ = true;
    errno = ETIMEDOUT;
    return 0;
}

} // namespace mortise::mariadb
