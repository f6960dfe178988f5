// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/tuple.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// std::variant by its shape: whoever has one has included <variant>, and nobody else has to.
template<class T, class = void>
struct IsVariant : std::false_type {};
template<class T>
struct IsVariant<T, std::void_t<decltype(std::declval<const T&>().valueless_by_exception())>> : std::true_type {};

template<class T>
struct AlternativesOf;
template<template<class...> class Variant, class... Ts>
struct AlternativesOf<Variant<Ts...>> {
    using Types = Tuple<Ts...>;
    template<class... Others>
    using Rebound = Variant<Others...>;
};

template<class T>
constexpr std::size_t alternativeCount = AlternativesOf<T>::Types::size;
template<class T, std::size_t I>
using Alternative = TypeAt<I, typename AlternativesOf<T>::Types>;

} // namespace detail
} // namespace v1
} // namespace mortise
