// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/boxed_call.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/service/task.h>
#include <mortise/turn.hpp>

#include <chrono>

namespace mortise {
inline namespace v1 {

// mortise.task/1. Any thread. What is called may own things: it is destroyed exactly once, whether or not it ran.
class Tasks {
public:
    explicit Tasks(const detail::Runtime& runtime) noexcept
        : runtime_(&runtime), service_(detail::resolve<mortise_task_table>(runtime.host, MORTISE_TASK_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // `call` runs once on a worker. Throws Busy where no worker has room, or 1024 calls of the instance are pending.
    template<class Call>
    void run(Call&& call) const {
        if (service_.table.run == nullptr) throw Absent(MORTISE_TASK_SERVICE);
        auto box = detail::box(*runtime_, std::forward<Call>(call));
        detail::raise(service_.table.run(service_.self, &box->call, box.get(), &box->release),
                      "run of " MORTISE_TASK_SERVICE);
        static_cast<void>(box.release());
    }
    // `call` runs once on the loop of the request, which may be over by then. False: it is over already. Throws Busy
    // past 1024 pending calls.
    template<class Call>
    bool post(Turn request, Call&& call) const {
        if (service_.table.post == nullptr) throw Absent(MORTISE_TASK_SERVICE);
        auto box = detail::box(*runtime_, std::forward<Call>(call));
        const mortise_status status =
            service_.table.post(service_.self, request.handle(), &box->call, box.get(), &box->release);
        if (status == MORTISE_STALE) return false;
        detail::raise(status, "post of " MORTISE_TASK_SERVICE);
        static_cast<void>(box.release());
        return true;
    }

private:
    const detail::Runtime* runtime_;
    detail::Service<mortise_task_table> service_;
};

// mortise.clock/1: cheap, behind by some milliseconds at most. Any thread.
class Clock {
public:
    explicit Clock(const detail::Runtime& runtime) noexcept : runtime_(&runtime) {}

    explicit operator bool() const noexcept { return static_cast<bool>(runtime_->clock); }

    // Never goes back; the clock of Request::deadline().
    std::chrono::milliseconds monotonic() const {
        const auto& service = runtime_->clock;
        if (service.table.monotonic_ms == nullptr) throw Absent(MORTISE_CLOCK_SERVICE);
        return std::chrono::milliseconds(static_cast<std::int64_t>(service.table.monotonic_ms(service.self)));
    }
    // Since 1970 (UTC).
    std::chrono::milliseconds sinceEpoch() const {
        const auto& service = runtime_->clock;
        if (service.table.unix_ms == nullptr) throw Absent(MORTISE_CLOCK_SERVICE);
        return std::chrono::milliseconds(service.table.unix_ms(service.self));
    }

private:
    const detail::Runtime* runtime_;
};

inline Tasks PluginBase::tasks() const noexcept {
    return Tasks(runtime_);
}

inline Clock PluginBase::clock() const noexcept {
    return Clock(runtime_);
}

} // namespace v1
} // namespace mortise
