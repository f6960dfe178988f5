// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "base/service_notify.hpp"
#include "host/waits.hpp"

#include <mutex>
#include <set>

namespace mortise::application {

// Asks the service manager for more time (EXTEND_TIMEOUT_USEC, sd_notify(3)) while a start or a reload waits for
// plugins and those still have time: what is bounded here must not be ended by TimeoutStartSec before. Past a plugin's
// deadline, or where the process itself hangs, nothing is asked, and the manager's timeout applies.
class TimeoutExtension final : public host::Waits {
public:
    // Both live longer.
    TimeoutExtension(base::EventLoop& loop, const base::ServiceNotifier& notifier) : loop_(loop), notifier_(notifier) {}
    TimeoutExtension(const TimeoutExtension&) = delete;
    TimeoutExtension& operator=(const TimeoutExtension&) = delete;

    // A start or a reload is due; its end may come first. Thread: the loop's.
    void changeBegins();
    // Thread: any.
    void changeEnds() noexcept;

    void begin(Time until) override;
    void end(Time until) noexcept override;

private:
    void look();

    base::EventLoop& loop_;
    const base::ServiceNotifier& notifier_;
    bool looking_ = false; // on the loop's thread
    std::mutex mutex_;
    int changes_ = 0;            // begun and not ended
    std::multiset<Time> untils_; // of the waits
};

} // namespace mortise::application
