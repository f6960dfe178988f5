// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/callback.hpp>
#include <mortise/error.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/service/timer.h>

#include <chrono>

namespace mortise {
inline namespace v1 {

// mortise.timer/1. Any thread. Timers still run while the plugin drains; those pending at `stop` are cancelled.
class Timers {
public:
    using Id = std::uint64_t;

    explicit Timers(const detail::Runtime& runtime) noexcept
        : runtime_(&runtime), service_(detail::resolve<mortise_timer_table>(runtime.host, MORTISE_TIMER_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // `call` runs once on a worker, `delay` (1 ms to 30 days) from now or a little later, and is destroyed after that,
    // or when the timer is cancelled. Throws Busy past 1024 pending.
    template<class Call>
    Id after(std::chrono::milliseconds delay, Call&& call) const {
        if (service_.table.after == nullptr) throw Absent(MORTISE_TIMER_SERVICE);
        auto callback = detail::makeCallback(*runtime_, std::forward<Call>(call));
        using Box = typename decltype(callback)::element_type;
        Id id = 0;
        detail::raise(service_.table.after(service_.self, static_cast<std::uint64_t>(delay.count()), &fire<Box>,
                                           callback.get(), &Box::release, &id),
                      MORTISE_TIMER_SERVICE);
        static_cast<void>(callback.release()); // the host's now
        return id;
    }
    // True: it will not run. False: it ran, runs or never was.
    bool cancel(Id id) const {
        return service_.table.cancel != nullptr &&
               detail::peerStatus(service_.table.cancel(service_.self, id), MORTISE_ABSENT) == MORTISE_OK;
    }

private:
    template<class Box>
    static void fire(void* context) {
        Box::run(context);
    }

    const detail::Runtime* runtime_;
    detail::Service<mortise_timer_table> service_;
};

inline Timers PluginBase::timers() const noexcept {
    return Timers(runtime_);
}

} // namespace v1
} // namespace mortise
