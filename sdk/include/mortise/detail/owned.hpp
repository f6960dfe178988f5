// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// The only owner of a T that was made with new; std::unique_ptr without <memory>, which is as much as all of this
// layer.
template<class T>
class Owned {
public:
    using element_type = T;

    Owned() noexcept = default;
    explicit Owned(T* made) noexcept : held_(made) {}
    Owned(Owned&& other) noexcept : held_(other.release()) {}
    template<class Derived>
    Owned(Owned<Derived>&& other) noexcept : held_(other.release()) {}
    Owned& operator=(Owned&& other) noexcept {
        delete std::exchange(held_, other.release());
        return *this;
    }
    ~Owned() { delete held_; }

    template<class... Arguments>
    static Owned make(Arguments&&... arguments) {
        return Owned(new T{std::forward<Arguments>(arguments)...});
    }

    T* get() const noexcept { return held_; }
    T* operator->() const noexcept { return held_; }
    T& operator*() const noexcept { return *held_; }
    explicit operator bool() const noexcept { return held_ != nullptr; }
    // The caller's from here on.
    [[nodiscard]] T* release() noexcept { return std::exchange(held_, nullptr); }

private:
    T* held_ = nullptr;
};

} // namespace detail
} // namespace v1
} // namespace mortise
