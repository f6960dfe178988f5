// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/detail/unique_ptr.hpp>
#include <mortise/guard.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// A callable on its way through a C callback: made before the call that takes it, given up when it was taken, run at
// most once and destroyed with everything it captured.
template<class F>
struct Callback {
    const Runtime* runtime;
    F call;

    template<class... Arguments>
    static void run(void* context, Arguments&&... arguments) noexcept {
        std::unique_ptr<Callback> self(static_cast<Callback*>(context));
        const Runtime& runtime = *self->runtime;
        guardQuietly([&] { self->call(std::forward<Arguments>(arguments)...); },
                     [&](std::string_view reason) { runtime.complain("A callback threw", reason); });
        guardQuietly([&] { self.reset(); }, [](std::string_view) {});
    }
};

template<class F>
std::unique_ptr<Callback<std::decay_t<F>>> makeCallback(const Runtime& runtime, F&& call) {
    return std::unique_ptr<Callback<std::decay_t<F>>>(new Callback<std::decay_t<F>>{&runtime, std::forward<F>(call)});
}

} // namespace detail
} // namespace v1
} // namespace mortise
