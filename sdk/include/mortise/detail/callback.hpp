// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/owned.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/guard.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// A callable behind a C (call, context, release): made before the function that takes it, and its own until that has
// taken it. What it throws is logged.
template<class F>
struct Callback {
    const Runtime* runtime;
    F call;

    template<class... Arguments>
    static void run(void* context, Arguments&&... arguments) noexcept {
        auto& self = *static_cast<Callback*>(context);
        guardQuietly([&] { self.call(std::forward<Arguments>(arguments)...); },
                     [&](std::string_view reason) { self.runtime->complain("A callback threw", reason); });
    }
    static void release(void* context) noexcept {
        guardQuietly([&] { delete static_cast<Callback*>(context); }, [](std::string_view) {});
    }
};

template<class F>
Owned<Callback<std::decay_t<F>>> makeCallback(const Runtime& runtime, F&& call) {
    return Owned<Callback<std::decay_t<F>>>::make(&runtime, std::forward<F>(call));
}

} // namespace detail
} // namespace v1
} // namespace mortise
