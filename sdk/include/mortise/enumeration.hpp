// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_array.hpp>
#include <mortise/detail/for_each.hpp>
#include <mortise/detail/tag.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

// MORTISE_ENUM(Color, red, green)
// MORTISE_ENUM_NAMED(Level, value(low, "low"), value(veryHigh, "very-high"))
//
// On the wire an enumerator is its name as a string, or the text beside it. Stands in the namespace of the enumeration;
// up to 64 enumerators. A value without a name cannot be encoded.
#define MORTISE_ENUM(Type, ...)                                                                                     \
    [[maybe_unused]] constexpr auto mortiseEnum(::mortise::detail::Tag<Type>) {                                     \
        using MortiseSubject = Type;                                                                                \
        return ::mortise::detail::listOf<MortiseSubject>(MORTISE_EACH(__VA_ARGS__)(MORTISE_ENUM_ONE, __VA_ARGS__)); \
    }
#define MORTISE_ENUM_NAMED(Type, ...)                                           \
    [[maybe_unused]] constexpr auto mortiseEnum(::mortise::detail::Tag<Type>) { \
        using MortiseSubject = Type;                                            \
        return ::mortise::detail::listOf<MortiseSubject>(                       \
            MORTISE_EACH(__VA_ARGS__)(MORTISE_ENUM_NAMED_ONE, __VA_ARGS__));    \
    }
#define MORTISE_ENUM_ONE(x)                       \
    ::mortise::detail::EnumName<MortiseSubject> { \
        MortiseSubject::x, #x                     \
    }
#define MORTISE_ENUM_NAMED_ONE(x) MORTISE_ENUM_NAMED_##x
#define MORTISE_ENUM_NAMED_value(x, text)         \
    ::mortise::detail::EnumName<MortiseSubject> { \
        MortiseSubject::x, text                   \
    }

namespace mortise {
inline namespace v1 {
namespace detail {

template<class E>
struct EnumName {
    E value;
    std::string_view name;
};

template<class E, class... Names>
constexpr FixedArray<EnumName<E>, sizeof...(Names)> listOf(Names... names) {
    return {{names...}};
}

template<class T, class = void>
struct IsNamedEnum : std::false_type {};
template<class T>
struct IsNamedEnum<T, std::void_t<decltype(mortiseEnum(Tag<T>{}))>> : std::true_type {};

template<class E>
constexpr auto enumNames = mortiseEnum(Tag<E>{});

} // namespace detail

// The name of an enumerator of a MORTISE_ENUM; empty when it has none.
template<class E>
constexpr std::string_view enumText(E value) noexcept {
    for (const auto& entry : detail::enumNames<E>)
        if (entry.value == value) return entry.name;
    return {};
}

template<class E>
constexpr std::optional<E> enumFrom(std::string_view name) noexcept {
    for (const auto& entry : detail::enumNames<E>)
        if (entry.name == name) return entry.value;
    return std::nullopt;
}

} // namespace v1
} // namespace mortise
