// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_resolver.hpp>
#include <mortise/detail/kinds.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// What one parent gets of what a resolver returns.
template<bool areMany, class Result>
struct GraphQlItem {
    static_assert(!areMany || IsVector<Result>::value,
                  "a field of an object type returns an std::vector: a value for each parent");
    using Type = Result;
};
template<class T, class A>
struct GraphQlItem<true, std::vector<T, A>> {
    using Type = T;
};

// The last of the parameters that a function takes; a GraphQlLater there is what it completes.
template<class... Ts>
struct LastOf {
    using Type = void;
};
template<class T>
struct LastOf<T> {
    using Type = T;
};
template<class T, class... Rest>
struct LastOf<T, Rest...> : LastOf<Rest...> {};

template<class Call, class Result, class Last>
struct PreparationOf {
    using Type = Preparation<Call, std::decay_t<Result>, false>;
};
template<class Call, class T>
struct PreparationOf<Call, void, GraphQlLater<T>> {
    using Type = Preparation<Call, T, true>;
};

template<class Call, class Member>
struct SignatureOf;
template<class Call, class Class, class Result, class... Arguments>
struct SignatureOf<Call, Result (Class::*)(Arguments...) const> {
    using Type = typename PreparationOf<Call, Result, std::decay_t<typename LastOf<Arguments...>::Type>>::Type;
};
template<class Call, class Class, class Result, class... Arguments>
struct SignatureOf<Call, Result (Class::*)(Arguments...)> : SignatureOf<Call, Result (Class::*)(Arguments...) const> {};

// What a function for prepare(), an object with one operator(), says it is.
template<class Call>
struct GraphQlSignature {
    using Preparation = typename SignatureOf<Call, decltype(&Call::operator())>::Type;
};

// Whether a function can be called with all that it gets, and what comes back is, or becomes, a `Result`.
template<class F, class Result, class Call, class... Last>
struct GraphQlCallable;
template<class F, class Result, class... Parents, class... Values, class... Last>
struct GraphQlCallable<F, Result, Tuple<Tuple<Parents...>, Tuple<Values...>>, Last...>
    : std::is_invocable_r<Result, F&, GraphQlCall&, const Parents&..., const Values&..., Last...> {};
// The types of the parents and of the arguments.
template<class Parents, class... Parts>
using GraphQlGiven =
    Tuple<decltype(Parents::of(std::declval<const mortise_graphql_call&>())), Tuple<typename Parts::Value...>>;
template<class Result, class Given, bool later, class State, class F>
constexpr bool isGraphQlResolver() {
    if constexpr (later)
        return GraphQlCallable<F, void, Given, GraphQlLater<Result>>::value;
    else if constexpr (std::is_void_v<State>)
        return GraphQlCallable<F, Result, Given>::value;
    else
        return GraphQlCallable<F, Result, Given, const State&>::value;
}

} // namespace detail
} // namespace v1
} // namespace mortise
