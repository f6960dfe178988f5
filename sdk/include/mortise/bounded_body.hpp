// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/routes.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

// RouteBuilder::body(list, maxItems): not in plugin.hpp.
namespace mortise {
inline namespace v1 {
namespace detail {

template<class T, std::size_t I, class List>
void boundedMember(std::string& out, List T::*list, std::int64_t maxItems) {
    Rules rules = nth<I>(description<T>).rules;
    if constexpr (std::is_same_v<FieldType<T, I>, List>)
        if (nth<I>(description<T>).member == list) rules.maxItems = maxItems;
    schemaMember<T, I, Incoming>(out, rules);
}

// schemaOf<T>() with other rules for one member.
template<class T, class List, std::size_t... I>
std::string boundedSchema(List T::*list, std::int64_t maxItems, std::index_sequence<I...> all) {
    std::string out;
    schemaType(out, "object", false);
    schemaText(out, "title", mortiseTitle(Tag<T>{}));
    out.append(",\"properties\":{");
    (boundedMember<T, I>(out, list, maxItems), ...);
    endMembers<T, Incoming>(out, {}, all);
    schemaNotes<Incoming>(out, Rules{});
    return out;
}

} // namespace detail

template<class Body, class Query, class PathType, class Headers, class Cookies>
template<class T, class List>
RouteBuilder<T, Query, PathType, Headers, Cookies>
RouteBuilder<Body, Query, PathType, Headers, Cookies>::body(List T::*list, std::int64_t maxItems) const {
    static_assert(detail::IsVector<List>::value, "body(list, maxItems): the member is no std::vector");
    if constexpr (describes<T>())
        declaration_->bodySchema =
            detail::boundedSchema(list, maxItems, std::make_index_sequence<detail::fieldCount<T>>{});
    return {*runtime_, *declaration_};
}

} // namespace v1
} // namespace mortise
