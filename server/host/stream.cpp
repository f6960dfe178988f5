// SPDX-License-Identifier: Apache-2.0
#include "host/stream.hpp"

#include <utility>

namespace mortise::host {

Stream::Put Stream::put(std::string_view data, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    const bool room = room_.wait_until(lock, deadline, [&] {
        return broken_ || ended_ || waiting_.empty() || waiting_.size() + data.size() <= limitBytes;
    });
    if (broken_ || ended_) return Put::broken;
    if (!room) return Put::full;
    waiting_.append(data);
    return Put::taken;
}

std::string Stream::take(bool& ended, bool& complete) {
    std::string taken;
    {
        const std::lock_guard lock(mutex_);
        taken = std::exchange(waiting_, {});
        ended = ended_;
        complete = complete_;
    }
    room_.notify_all();
    return taken;
}

void Stream::putBack(std::string data) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(0, data);
}

void Stream::end(bool complete) {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        complete_ = complete;
    }
    room_.notify_all();
}

void Stream::breakOff() {
    {
        const std::lock_guard lock(mutex_);
        broken_ = true;
    }
    room_.notify_all();
}

} // namespace mortise::host
