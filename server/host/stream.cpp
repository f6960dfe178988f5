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
    touched_ = std::chrono::steady_clock::now();
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

void Stream::putBack(std::string_view data) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(0, data);
}

void Stream::end(bool complete) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_) complete_ = complete; // an abort stands
        ended_ = true;
        touched_ = std::chrono::steady_clock::now();
    }
    room_.notify_all();
}

void Stream::abort() {
    {
        const std::lock_guard lock(mutex_);
        broken_ = true;
        ended_ = true;
        complete_ = false;
        waiting_.clear();
    }
    room_.notify_all();
}

std::optional<std::chrono::steady_clock::time_point> Stream::quietSince() {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) return std::nullopt;
    return touched_;
}

void Stream::breakOff() {
    {
        const std::lock_guard lock(mutex_);
        broken_ = true;
    }
    room_.notify_all();
}

} // namespace mortise::host
