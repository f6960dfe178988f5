// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

template<std::size_t I, class T>
struct TupleElement {
    using Type = T;
    T value;
};

template<class Places, class... Ts>
struct TupleElements;
template<std::size_t... I, class... Ts>
struct TupleElements<std::index_sequence<I...>, Ts...> : TupleElement<I, Ts>... {};

// What descriptions need of std::tuple, which is longer than all of them: values of several types, as an aggregate.
// Also where only its types are meant.
template<class... Ts>
struct Tuple : TupleElements<std::index_sequence_for<Ts...>, Ts...> {
    static constexpr std::size_t size = sizeof...(Ts);
};

template<class... Ts>
constexpr Tuple<Ts...> makeTuple(Ts... values) {
    return {{{std::move(values)}...}};
}

template<std::size_t I, class T>
constexpr T& nth(TupleElement<I, T>& element) noexcept {
    return element.value;
}
template<std::size_t I, class T>
constexpr const T& nth(const TupleElement<I, T>& element) noexcept {
    return element.value;
}

// TypeAt<I, Tuple<…>>: the type at that place.
template<std::size_t I, class T>
TupleElement<I, T> elementAt(const TupleElement<I, T>*);
template<std::size_t I, class List>
struct TypeAtOf;
template<std::size_t I, class... Ts>
struct TypeAtOf<I, Tuple<Ts...>> {
    using Type = typename decltype(elementAt<I>(
        static_cast<const TupleElements<std::index_sequence_for<Ts...>, Ts...>*>(nullptr)))::Type;
};
template<std::size_t I, class List>
using TypeAt = typename TypeAtOf<I, List>::Type;

// Calls `call` with all values, and returns what it returns.
template<class Call, std::size_t... I, class... Ts>
constexpr decltype(auto) unpack(Call&& call, TupleElements<std::index_sequence<I...>, Ts...>& values) {
    return std::forward<Call>(call)(nth<I>(values)...);
}
template<class Call, std::size_t... I, class... Ts>
constexpr decltype(auto) unpack(Call&& call, const TupleElements<std::index_sequence<I...>, Ts...>& values) {
    return std::forward<Call>(call)(nth<I>(values)...);
}

} // namespace detail
} // namespace v1
} // namespace mortise
