// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/owned.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/guard.hpp>

#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// A callable behind a C callback with a `release`: made before the call that takes it, given up when it was taken.
template<class F>
struct BoxedCall {
    const Runtime* runtime;
    F work;

    static void call(void* context) noexcept {
        auto& self = *static_cast<BoxedCall*>(context);
        guardQuietly([&] { self.work(); },
                     [&](std::string_view reason) { self.runtime->complain("A callback threw", reason); });
    }
    static void release(void* context) noexcept {
        guardQuietly([&] { delete static_cast<BoxedCall*>(context); }, [](std::string_view) {});
    }
};

template<class F>
Owned<BoxedCall<std::decay_t<F>>> box(const Runtime& runtime, F&& work) {
    return Owned<BoxedCall<std::decay_t<F>>>::make(&runtime, std::forward<F>(work));
}

// The two of watch of mortise.exchange/1. Each may be empty.
template<class Cancelled, class Ended>
struct BoxedWatch {
    const Runtime* runtime;
    Cancelled cancelled;
    Ended ended;

    static void onCancelled(void* context) noexcept {
        run(context, [](BoxedWatch& self) { self.cancelled(); });
    }
    static void onEnded(void* context) noexcept {
        run(context, [](BoxedWatch& self) { self.ended(); });
    }
    static void release(void* context) noexcept {
        guardQuietly([&] { delete static_cast<BoxedWatch*>(context); }, [](std::string_view) {});
    }

private:
    template<class Call>
    static void run(void* context, Call&& call) noexcept {
        auto& self = *static_cast<BoxedWatch*>(context);
        guardQuietly([&] { call(self); },
                     [&](std::string_view reason) { self.runtime->complain("A callback threw", reason); });
    }
};

// False: the request has ended already, or the turn is not the caller's.
template<class Cancelled, class Ended>
bool watch(const Runtime& runtime, mortise_exchange exchange, Cancelled&& cancelled, Ended&& ended) {
    const auto& service = runtime.exchange;
    if (service.table.watch == nullptr) throw Absent("watch of " MORTISE_EXCHANGE_SERVICE);
    using Box = BoxedWatch<std::decay_t<Cancelled>, std::decay_t<Ended>>;
    auto box = Owned<Box>::make(&runtime, std::forward<Cancelled>(cancelled), std::forward<Ended>(ended));
    const mortise_status status =
        service.table.watch(service.self, exchange, &Box::onCancelled, &Box::onEnded, box.get(), &Box::release);
    if (status == MORTISE_STALE) return false;
    raise(status, "watch");
    static_cast<void>(box.release());
    return true;
}

} // namespace detail
} // namespace v1
} // namespace mortise
