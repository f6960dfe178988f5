// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <tuple>
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
    using Types = std::tuple<Ts...>;
    template<class... Others>
    using Rebound = Variant<Others...>;
};

template<class T>
constexpr std::size_t alternativeCount = std::tuple_size_v<typename AlternativesOf<T>::Types>;
template<class T, std::size_t I>
using Alternative = std::tuple_element_t<I, typename AlternativesOf<T>::Types>;

} // namespace detail
} // namespace v1
} // namespace mortise
