// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class T, std::size_t I, class Value>
constexpr bool isMemberAt(Value T::*member) {
    if constexpr (std::is_same_v<FieldType<T, I>, Value>)
        return nth<I>(description<T>).member == member;
    else
        return false;
}
// Where a member stands in the description of T; fieldCount<T>: it is not described.
template<class T, class Value, std::size_t... I>
constexpr std::size_t placeOfMember(Value T::*member, std::index_sequence<I...>) {
    std::size_t place = fieldCount<T>;
    ((isMemberAt<T, I>(member) ? void(place = I) : void()), ...);
    return place;
}
template<class T, class Value>
constexpr std::size_t placeOfMember(Value T::*member) {
    return placeOfMember<T>(member, std::make_index_sequence<fieldCount<T>>{});
}

} // namespace detail

// Which described members of a T are wanted: columns of typed queries, fields that an operation selects. A value; empty
// by itself.
template<class T>
class Columns {
    static_assert(isDescribed<T>, "Columns<T>: T has no MORTISE_DESCRIBE");

public:
    constexpr Columns() noexcept = default;
    static constexpr Columns all() noexcept {
        Columns made;
        made.bits_ = ~std::uint64_t{0} >> (64 - detail::fieldCount<T>);
        return made;
    }

    template<class Value>
    constexpr Columns& add(Value T::*member) noexcept {
        return addAt(detail::placeOfMember<T>(member));
    }
    template<class Value>
    constexpr bool has(Value T::*member) const noexcept {
        return hasAt(detail::placeOfMember<T>(member));
    }
    // By place in the description; one that is not there is not added.
    constexpr Columns& addAt(std::size_t place) noexcept {
        if (place < detail::fieldCount<T>) bits_ |= std::uint64_t{1} << place;
        return *this;
    }
    constexpr bool hasAt(std::size_t place) const noexcept {
        return place < detail::fieldCount<T> && (bits_ >> place & 1) != 0;
    }
    constexpr bool empty() const noexcept { return bits_ == 0; }
    // A bit a described member, the first one's the lowest.
    constexpr std::uint64_t bits() const noexcept { return bits_; }

    friend constexpr bool operator==(Columns a, Columns b) noexcept { return a.bits_ == b.bits_; }
    friend constexpr bool operator!=(Columns a, Columns b) noexcept { return a.bits_ != b.bits_; }

private:
    std::uint64_t bits_ = 0;
};

} // namespace v1
} // namespace mortise
