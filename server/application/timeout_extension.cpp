// SPDX-License-Identifier: Apache-2.0
#include "application/timeout_extension.hpp"

#include <chrono>

namespace mortise::application {

namespace {

// How often the manager is asked, and for how long: ten looks may be missed on a busy machine.
constexpr std::chrono::seconds every{1};
constexpr std::chrono::seconds more{10};

} // namespace

void TimeoutExtension::changeBegins() {
    if (!notifier_.connected()) return;
    {
        const std::lock_guard lock(mutex_);
        ++changes_;
    }
    if (looking_) return;
    looking_ = true;
    loop_.after(std::chrono::milliseconds(every).count(), [this] { look(); });
}

void TimeoutExtension::changeEnds() noexcept {
    if (!notifier_.connected()) return;
    const std::lock_guard lock(mutex_);
    --changes_;
}

void TimeoutExtension::begin(Time until) {
    const std::lock_guard lock(mutex_);
    untils_.insert(until);
}

void TimeoutExtension::end(Time until) noexcept {
    const std::lock_guard lock(mutex_);
    if (const auto found = untils_.find(until); found != untils_.end()) untils_.erase(found);
}

void TimeoutExtension::look() {
    bool waiting = false;
    {
        const std::lock_guard lock(mutex_);
        looking_ = changes_ > 0;
        waiting = looking_ && !untils_.empty() && std::chrono::steady_clock::now() < *untils_.rbegin();
    }
    if (waiting) notifier_.extendTimeout(more);
    if (looking_) loop_.after(std::chrono::milliseconds(every).count(), [this] { look(); });
}

} // namespace mortise::application
