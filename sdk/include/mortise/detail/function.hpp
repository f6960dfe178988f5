// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// A callable that is kept, as std::function without <functional>. Copies copy what they hold.
template<class Signature>
class Function;

template<class Result, class... Arguments>
class Function<Result(Arguments...)> {
public:
    Function() noexcept = default;
    Function(std::nullptr_t) noexcept {}
    template<class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, Function> &&
                                               std::is_invocable_r_v<Result, std::decay_t<F>&, Arguments...>>>
    Function(F&& call) {
        using Call = std::decay_t<F>;
        if constexpr (std::is_constructible_v<bool, const Call&> && !std::is_class_v<Call>)
            if (!call) return; // a null pointer to a function
        held_ = new Holder<Call>(std::forward<F>(call));
    }
    Function(const Function& other) : held_(other.held_ == nullptr ? nullptr : other.held_->clone()) {}
    Function(Function&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
    Function& operator=(Function other) noexcept {
        std::swap(held_, other.held_);
        return *this;
    }
    ~Function() { delete held_; }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    // Precondition: it holds something.
    Result operator()(Arguments... arguments) const { return held_->call(std::forward<Arguments>(arguments)...); }

private:
    struct Held {
        virtual ~Held() = default;
        virtual Result call(Arguments... arguments) = 0;
        virtual Held* clone() const = 0;
    };
    template<class Call>
    struct Holder final : Held {
        explicit Holder(Call given) : held(std::move(given)) {}
        Result call(Arguments... arguments) override { return held(std::forward<Arguments>(arguments)...); }
        Held* clone() const override { return new Holder(held); }

        Call held;
    };

    Held* held_ = nullptr;
};

} // namespace detail
} // namespace v1
} // namespace mortise
