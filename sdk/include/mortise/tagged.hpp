// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_array.hpp>
#include <mortise/detail/for_each.hpp>
#include <mortise/detail/tag.hpp>
#include <mortise/detail/variants.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

// using Shape = std::variant<Circle, Square>;
// MORTISE_TAGGED(Shape, "kind", as(Circle, "circle"), as(Square, "square"))
//
// A variant of described structs; on the wire an object with the alternative's members and one more that names the
// alternative. Stands in the namespace of the structs and names them in the variant's order. The host fills no defaults
// in below a variant: members that may be missing are .optional() and keep their initialiser.
#define MORTISE_TAGGED(Type, member, ...)                                                                             \
    [[maybe_unused]] constexpr auto mortiseTagged(::mortise::detail::Tag<Type>) {                                     \
        return ::mortise::detail::makeTags<Type>(member, MORTISE_EACH(__VA_ARGS__)(MORTISE_TAGGED_ONE, __VA_ARGS__)); \
    }
#define MORTISE_TAGGED_ONE(x) MORTISE_TAGGED_##x
#define MORTISE_TAGGED_as(Alternative, name)  \
    ::mortise::detail::TagName<Alternative> { \
        name                                  \
    }

namespace mortise {
inline namespace v1 {
namespace detail {

template<class T>
struct TagName {
    std::string_view name;
};

template<std::size_t N>
struct Tags {
    std::string_view member;
    FixedArray<std::string_view, N> names;
};

template<class Variant, class... Alternatives>
constexpr Tags<sizeof...(Alternatives)> makeTags(std::string_view member, TagName<Alternatives>... list) {
    static_assert(IsVariant<Variant>::value &&
                      std::is_same_v<typename AlternativesOf<Variant>::Types, Tuple<Alternatives...>>,
                  "MORTISE_TAGGED names the alternatives of an std::variant in its order");
    return {member, {{list.name...}}};
}

template<class T, class = void>
struct IsTagged : std::false_type {};
template<class T>
struct IsTagged<T, std::void_t<decltype(mortiseTagged(Tag<T>{}))>> : std::true_type {};

template<class T>
constexpr auto tags = mortiseTagged(Tag<T>{});

} // namespace detail
} // namespace v1
} // namespace mortise
