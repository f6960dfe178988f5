// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/tag.hpp>
#include <mortise/patch.hpp>
#include <mortise/tagged.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// What a type is to descriptions.
namespace mortise {
inline namespace v1 {
namespace detail {

template<class T, class = void>
struct IsDescribed : std::false_type {};
template<class T>
struct IsDescribed<T, std::void_t<decltype(mortiseDescribe(Tag<T>{}))>> : std::true_type {};

template<class T>
struct IsOptional : std::false_type {};
template<class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template<class T>
struct IsPatch : std::false_type {};
template<class T>
struct IsPatch<Patch<T>> : std::true_type {};

template<class T>
struct IsVector : std::false_type {};
template<class T, class A>
struct IsVector<std::vector<T, A>> : std::true_type {};

// An std::array by its shape.
template<class T, class = void>
struct IsArray : std::false_type {};
template<class T>
struct IsArray<T, std::void_t<typename T::value_type, decltype(std::tuple_size<T>::value)>> : std::true_type {};

// An std::map or std::unordered_map by its shape, whose key is text.
template<class T, class = void>
struct IsMap : std::false_type {};
template<class T>
struct IsMap<T, std::void_t<typename T::mapped_type, decltype(std::declval<T&>().begin()->second)>>
    : std::is_same<typename T::key_type, std::string> {};

// A variant without a MORTISE_TAGGED goes out only, as whichever alternative it holds.
template<class T>
struct IsAlternatives : std::bool_constant<IsVariant<T>::value && !IsTagged<T>::value> {};

template<class T>
constexpr bool isText = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

// May be without a value: an std::optional or a Patch.
template<class T>
constexpr bool isMaybe = IsOptional<T>::value || IsPatch<T>::value;

template<class T, class = void>
struct Unwrap {
    using Type = T;
};
template<class T>
struct Unwrap<T, std::enable_if_t<isMaybe<T>>> {
    using Type = typename T::value_type;
};
template<class T>
using Unwrapped = typename Unwrap<T>::Type;

// Of an std::optional what is inside.
template<class T>
struct InOptional {
    using Type = T;
};
template<class T>
struct InOptional<std::optional<T>> {
    using Type = T;
};
template<class T>
using OptionalOf = typename InOptional<T>::Type;

} // namespace detail

// A struct with a MORTISE_DESCRIBE.
template<class T>
constexpr bool isDescribed = detail::IsDescribed<T>::value;

} // namespace v1
} // namespace mortise
