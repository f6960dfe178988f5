// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/guard.hpp>

#include <chrono>

namespace mortise {
inline namespace v1 {

// mortise.timer/1. Any thread. Timers still run while the plugin drains; those pending at `stop` are cancelled.
class Timers {
public:
    using Id = std::uint64_t;

    explicit Timers(detail::Runtime& runtime) noexcept : runtime_(&runtime) {}

    explicit operator bool() const noexcept { return static_cast<bool>(runtime_->timer); }

    // `call` runs once on a worker, `delay` (1 ms to 30 days) from now or a little later. Throws Busy past 1024
    // pending.
    template<class Call>
    Id after(std::chrono::milliseconds delay, Call&& call) const {
        const auto& service = runtime_->timer;
        if (service.table.after == nullptr) throw Absent(MORTISE_TIMER_SERVICE);
        using Box = Pending<std::decay_t<Call>>;
        auto box = std::make_unique<Box>(*runtime_, std::forward<Call>(call));
        detail::PendingCall* const context = box.get();
        const std::uint64_t serial = runtime_->timers.add(std::move(box));
        Id id = 0;
        const mortise_status status =
            service.table.after(service.self, static_cast<std::uint64_t>(delay.count()), &Box::fire, context, &id);
        if (status < 0) {
            const auto dropped = runtime_->timers.take(serial);
            detail::raise(status, MORTISE_TIMER_SERVICE);
        }
        runtime_->timers.name(serial, id); // it may have run already
        return id;
    }
    // True: it will not run. False: it ran, runs or never was.
    bool cancel(Id id) const {
        const auto& service = runtime_->timer;
        if (service.table.cancel == nullptr || service.table.cancel(service.self, id) != MORTISE_OK) return false;
        const auto dropped = runtime_->timers.takeNamed(id);
        return true;
    }

private:
    template<class Call>
    struct Pending final : detail::PendingCall {
        template<class Given>
        Pending(detail::Runtime& r, Given&& given) : runtime(r), call(std::forward<Given>(given)) {}
        void run() override { call(); }
        static void fire(void* context) {
            const auto& self = *static_cast<Pending*>(static_cast<detail::PendingCall*>(context));
            detail::Runtime& owner = self.runtime;
            detail::guardQuietly(
                [&] {
                    if (const auto mine = owner.timers.take(self.serial)) mine->run();
                },
                [&](std::string_view reason) { owner.complain("A timer's call threw", reason); });
        }
        detail::Runtime& runtime;
        Call call;
    };

    detail::Runtime* runtime_;
};

} // namespace v1
} // namespace mortise
