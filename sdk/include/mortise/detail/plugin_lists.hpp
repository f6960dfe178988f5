// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_array.hpp>
#include <mortise/detail/service.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

// The lowest minor of the interface that the plugin can live with; define it before the first include to ask for more.
#ifndef MORTISE_ABI_MINOR_NEEDED
#define MORTISE_ABI_MINOR_NEEDED 0
#endif

#define MORTISE_STRING_OF(x) #x
#define MORTISE_STRING(x) MORTISE_STRING_OF(x)
#if defined(__clang__)
#define MORTISE_COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define MORTISE_COMPILER "g++ " __VERSION__
#else
#define MORTISE_COMPILER "unknown compiler"
#endif
#if defined(__GLIBCXX__)
#define MORTISE_STANDARD_LIBRARY "libstdc++ " MORTISE_STRING(__GLIBCXX__)
#elif defined(_LIBCPP_VERSION)
#define MORTISE_STANDARD_LIBRARY "libc++ " MORTISE_STRING(_LIBCPP_VERSION)
#else
#define MORTISE_STANDARD_LIBRARY "unknown standard library"
#endif

namespace mortise {
inline namespace v1 {
namespace detail {

constexpr std::string_view toolchain =
    MORTISE_COMPILER ", " MORTISE_STANDARD_LIBRARY ", C++ " MORTISE_STRING(__cplusplus);

// The kinds of lists, by their member of the manifest.
struct NeedsList {
    static constexpr std::string_view member = "needs";
};
struct MayUseList {
    static constexpr std::string_view member = "may_use";
};
struct OffersList {
    static constexpr std::string_view member = "provides";
};
struct PointList {
    static constexpr std::string_view member = "extension_points";
};

struct FilterList {
    static constexpr std::string_view member = "filters";
};

template<class Kind, class T>
constexpr std::string_view idOf() {
    if constexpr (!std::is_same_v<Kind, PointList> && IsService<T>::value)
        return T::serviceId;
    else if constexpr (!std::is_same_v<Kind, OffersList> && IsPoint<T>::value)
        return T::pointId;
    else
        return {}; // an error of its own
}

// What a plugin may name of others.
template<class T>
struct IsOfOthers : std::bool_constant<IsService<T>::value || IsPoint<T>::value> {};

// Ids of types that each have one.
template<class Kind, class... Types>
struct Ids : Kind {
    static constexpr FixedArray<std::string_view, sizeof...(Types)> ids{idOf<Kind, Types>()...};
};

template<class List>
constexpr bool isNeededBy(std::string_view id) {
    if constexpr (std::is_base_of_v<NeedsList, List>)
        for (const std::string_view one : List::ids)
            if (one == id) return true;
    return false;
}

template<class List>
constexpr bool isOfPoints() {
    if constexpr (std::is_base_of_v<PointList, List>) return List::ids.size() != 0;
    return false;
}

struct Licence {
    std::string_view expression;
};
struct InExample {};

template<std::size_t N>
struct FilterNames : FilterList {
    FixedArray<std::string_view, N> ids{};
};

} // namespace detail

// Lists of MORTISE_PLUGIN; each type has a serviceId, or a pointId: needs<>() and mayUse<>() take both.
template<class... Services>
struct Needs : detail::Ids<detail::NeedsList, Services...> {
    static_assert((detail::IsOfOthers<Services>::value && ...),
                  "needs<>(): one of these is no class of a service, which has a serviceId, and no extension point");
};
template<class... Services>
struct MayUse : detail::Ids<detail::MayUseList, Services...> {
    static_assert((detail::IsOfOthers<Services>::value && ...),
                  "mayUse<>(): one of these is no class of a service, which has a serviceId, and no extension point");
};
template<class... Services>
struct Offers : detail::Ids<detail::OffersList, Services...> {
    static_assert((detail::IsService<Services>::value && ...),
                  "offers<>(): one of these is no class of a service, which has a serviceId");
};
template<class... Points>
struct Defines : detail::Ids<detail::PointList, Points...> {
    static_assert((detail::IsPoint<Points>::value && ...),
                  "defines<>(): one of these is no extension point, which has a pointId and a Table or "
                  "MORTISE_SERVICE");
};
// Services that are called, and extension points that are contributed to. Without one of them the plugin does not
// start.
template<class... Services>
constexpr Needs<Services...> needs() {
    return {};
}
// Nice to have.
template<class... Services>
constexpr MayUse<Services...> mayUse() {
    return {};
}
// Given to other plugins.
template<class... Services>
constexpr Offers<Services...> offers() {
    return {};
}
// Extension points, to which other plugins contribute.
template<class... Points>
constexpr Defines<Points...> defines() {
    return {};
}
// Names of all filters that the plugin may declare by setup.filter().
template<class... Names>
constexpr detail::FilterNames<sizeof...(Names)> filters(const Names&... names) {
    return {{}, {std::string_view(names)...}};
}
// The example configuration, which is what an installation begins with, enables it.
constexpr detail::InExample inExample() {
    return {};
}
// An SPDX expression, such as "Apache-2.0".
constexpr detail::Licence licence(std::string_view expression) {
    return {expression};
}

} // namespace v1
} // namespace mortise
