// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace mortise {
inline namespace v1 {
namespace detail {

// What constant declarations need of std::array, which is longer than all of them.
template<class T, std::size_t N>
struct FixedArray {
    T items[N == 0 ? 1 : N];

    static constexpr std::size_t size() noexcept { return N; }
    constexpr T* begin() noexcept { return items; }
    constexpr T* end() noexcept { return items + N; }
    constexpr const T* begin() const noexcept { return items; }
    constexpr const T* end() const noexcept { return items + N; }
    constexpr T* data() noexcept { return items; }
    constexpr const T* data() const noexcept { return items; }
    constexpr T& operator[](std::size_t i) noexcept { return items[i]; }
    constexpr const T& operator[](std::size_t i) const noexcept { return items[i]; }
};

} // namespace detail
} // namespace v1
} // namespace mortise
