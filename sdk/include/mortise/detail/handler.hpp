// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/checks.hpp>
#include <mortise/detail/header_names.hpp>
#include <mortise/detail/route_rules.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/detail/uncaught.hpp>
#include <mortise/error.hpp>
#include <mortise/request.hpp>
#include <mortise/schema.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// Stands for "no such schema" among a route's types.
struct Nothing {};

// A reply that the host refused (it answers 500 itself) or that came too late is a reply; one that never left is not.
inline mortise_status replied(mortise_status status) noexcept {
    return ReplySender::isMade(status) ? MORTISE_REPLIED : MORTISE_ERROR;
}

// A handler that returned a reply though the response was another's already: a Stream's, which is cut where it is still
// open, or that of a Deferred which has replied.
[[gnu::cold, gnu::noinline]] inline mortise_status failTwice(Request& request) noexcept {
    if (!request.deferred()->streams()) return MORTISE_PENDING;
    guardQuietly(
        [&] {
            std::string what(request.method());
            what.append(" ").append(request.route());
            request.log().error("A handler returned a reply after stream(): it has to return Reply::later()",
                                {{"route", what}});
        },
        [](std::string_view) {});
    return MORTISE_ERROR;
}

// Ends a call that threw: the reply is made here unless a Deferred has made the terminal call already.
inline mortise_status fail(Request& request, Reply&& reply) noexcept {
    if (request.deferred() && !request.deferred()->claim()) return MORTISE_PENDING;
    mortise_status status = MORTISE_ERROR;
    guardQuietly([&] { status = ReplySender::send(request.runtime(), request.exchange(), std::move(reply)); },
                 [](std::string_view) {});
    return replied(status);
}

// A handler that threw is a 500; the host logs the message with the plugin's name.
[[gnu::cold, gnu::noinline]] inline mortise_status failWith(Request& request, std::string_view reason) noexcept {
    try {
        return fail(request, internalError(std::string(reason)));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

// In a catch block. What is busy on a loop, before any effect, is called again on a worker.
inline mortise_status failUncaught(Request& request) noexcept {
    try {
        if (isBusy() && !request.deferred() && request.runtime().onLoop()) return MORTISE_BUSY;
        const RouteReplies* const route = request.replies();
        return fail(request, replyToUncaught(request.log(), route == nullptr ? nullptr : route->bodyField()));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

// What a handler may return: a Reply, what goes out as JSON by itself, or an std::variant of those.
template<class Types>
struct AreResults;
template<class... Ts>
struct AreResults<Tuple<Ts...>>
    : std::bool_constant<sizeof...(Ts) != 0 && ((isBody<Ts> || std::is_same_v<Ts, Reply>)&&...)> {};
template<class T>
constexpr bool isResultOf() {
    if constexpr (IsAlternatives<T>::value)
        return AreResults<typename AlternativesOf<T>::Types>::value;
    else
        return isBody<T> || std::is_same_v<T, Reply>;
}
template<class T>
constexpr bool isResult = isResultOf<T>();

// What a handler's return type says about the body of 200, or void.
template<class Variant, class Kept, class... Ts>
struct WithoutReply;
template<class Variant, class... Kept>
struct WithoutReply<Variant, Tuple<Kept...>> {
    using Type = typename AlternativesOf<Variant>::template Rebound<Kept...>;
};
template<class Variant, class Kept>
struct WithoutReply<Variant, Tuple<Kept>> {
    using Type = Kept;
};
template<class Variant>
struct WithoutReply<Variant, Tuple<>> {
    using Type = void;
};
template<class Variant, class... Kept, class T, class... Rest>
struct WithoutReply<Variant, Tuple<Kept...>, T, Rest...>
    : WithoutReply<Variant, std::conditional_t<std::is_same_v<T, Reply>, Tuple<Kept...>, Tuple<Kept..., T>>, Rest...> {
};
template<class Variant, class Types>
struct DocumentedOf;
template<class Variant, class... Ts>
struct DocumentedOf<Variant, Tuple<Ts...>> : WithoutReply<Variant, Tuple<>, Ts...> {};

template<class T, class = void>
struct Documented : WithoutReply<T, Tuple<>, T> {};
template<class T>
struct Documented<T, std::enable_if_t<IsAlternatives<T>::value>> : DocumentedOf<T, typename AlternativesOf<T>::Types> {
};

[[gnu::noinline]] inline mortise_status concludeLater(Request& request) {
    if (!request.deferred()) return failWith(request, "Reply::later() without a defer()");
    if (request.deferred()->leave()) return MORTISE_PENDING;
    return failWith(request, "the Deferred was dropped without an answer");
}
[[gnu::cold, gnu::noinline]] inline mortise_status failUndocumented(Request& request, const Reply& reply) {
    return failWith(request, request.replies()->fault(reply));
}

// What the handler returned goes out: the terminal call, or MORTISE_PENDING where a Deferred makes it or has made it.
template<class Result>
mortise_status conclude(Request& request, Result&& result) {
    if constexpr (std::is_same_v<std::decay_t<Result>, Reply>) {
        if (result.kind() == Reply::Kind::later) return concludeLater(request);
        if (request.replies() != nullptr && !request.replies()->allows(result))
            return failUndocumented(request, result);
        if (request.deferred() && !request.deferred()->claim()) return failTwice(request);
        return replied(ReplySender::send(request.runtime(), request.exchange(), std::forward<Result>(result)));
    } else if constexpr (IsAlternatives<std::decay_t<Result>>::value) {
        return visit([&](auto&& one) { return conclude(request, std::forward<decltype(one)>(one)); },
                     std::forward<Result>(result));
    } else {
        if (request.deferred() && !request.deferred()->claim()) return failTwice(request);
        constexpr std::size_t usual = 2048; // bytes; what outgrows them is on the heap
        const mortise_buffer lent = ReplySender::lend(request.runtime(), request.exchange(), usual);
        SmallText<usual> body(lent.data, static_cast<std::size_t>(lent.capacity));
        encodeValue(body, result);
        return replied(ReplySender::sendJson(request.runtime(), request.exchange(), body.text()));
    }
}

// Runs a handler behind the wall; `call` concludes, so that what the answer points at is still there.
template<class Call>
mortise_status answer(Request& request, Call&& call) noexcept {
    try {
        return std::forward<Call>(call)();
    } catch (...) {
        return failUncaught(request);
    }
}

// What the route asks of its caller, who came past authentication and validation.
[[gnu::noinline]] inline void needRules(const RouteRules& rules, const Request& request) {
    const auto find = [](const void* from, std::string_view name) noexcept {
        return static_cast<const Request*>(from)->parameter(name);
    };
    rules.need(Caller(request, request.principal(), &request, find));
}

// Of references.
template<class... As, std::size_t... I, class... Bs, std::size_t... J>
Tuple<As..., Bs...> joined(const TupleElements<std::index_sequence<I...>, As...>& a,
                           const TupleElements<std::index_sequence<J...>, Bs...>& b) {
    return {{{nth<I>(a)}..., {nth<J>(b)}...}};
}

// One part of a request as its route describes it.
template<class T, class Names = MemberNames>
struct Part {
    T value{};

    // Decodes what the schema let through; a document that is not there leaves the members' initialisers.
    void take(const mortise_json_tape* tape, const char* where) {
        if (tape != nullptr && !decodeNamed<Names>(*tape, value))
            throw Error(std::string("the ") + where + " passed its schema but does not fit its struct");
    }
    void check(Issues& issues, std::string_view in) const {
        issues.moveTo(in);
        checkValue<Names>(value, issues);
    }
    static constexpr bool isChecked() { return hasChecks<T>(); }
    Tuple<const T&> arguments() const { return {{{value}}}; }
};
template<class Names>
struct Part<Nothing, Names> {
    void take(const mortise_json_tape*, const char*) {}
    void check(Issues&, std::string_view) const {}
    static constexpr bool isChecked() { return false; }
    Tuple<> arguments() const { return {}; }
};

// All of them.
template<class Body, class Query, class PathType, class Headers, class Cookies>
struct Parts {
    Part<Body> body;
    Part<Query> query;
    Part<PathType> path;
    Part<Headers, HeaderNames> headers;
    Part<Cookies> cookies;

    void take(const mortise_request& raw) {
        body.take(raw.json_body, "body");
        query.take(raw.json_query, "query");
        path.take(raw.json_path, "path");
        headers.take(raw.json_headers, "header");
        cookies.take(raw.json_cookies, "cookie");
    }
    // What the checks of the description refuse; a path that they refuse is one that is not there.
    std::optional<Reply> refusal() const {
        if constexpr (Part<PathType>::isChecked()) {
            Issues ofPath;
            path.check(ofPath, "path");
            if (!ofPath.empty()) return notFound("Route not found");
        }
        Issues issues;
        body.check(issues, "body");
        query.check(issues, "query");
        headers.check(issues, "header");
        cookies.check(issues, "cookie");
        if (issues.empty()) return std::nullopt;
        return invalid(issues.take());
    }
    static constexpr bool isChecked() {
        return Part<Body>::isChecked() || Part<Query>::isChecked() || Part<PathType>::isChecked() ||
               Part<Headers, HeaderNames>::isChecked() || Part<Cookies>::isChecked();
    }
    auto arguments() const {
        const auto first = joined(joined(body.arguments(), query.arguments()), path.arguments());
        return joined(joined(first, headers.arguments()), cookies.arguments());
    }
};

// A handler takes Request& and then, in this order, the body, the query, the path, the headers and the cookies that its
// route declares.
template<class F, class P>
struct Handler {
    template<class Given>
    Handler(const Runtime& r, const RouteReplies& route, Shared<RouteRules> ruled, Given&& given)
        : runtime(r), replies(route), rules(std::move(ruled)), call(std::forward<Given>(given)) {}

    static mortise_status handle(void* context, mortise_exchange exchange, const mortise_request* raw) noexcept {
        auto& self = *static_cast<Handler*>(context);
        Request request(self.runtime, exchange, *raw, &self.replies);
        return answer(request, [&] {
            P parts;
            parts.take(request.raw());
            if constexpr (P::isChecked()) {
                if (auto refused = parts.refusal()) return fail(request, *std::move(refused));
            }
            if (self.rules) needRules(*self.rules, request);
            const auto with = [&](const auto&... part) -> decltype(auto) { return self.call(request, part...); };
            return conclude(request, unpack(with, parts.arguments()));
        });
    }

    static void release(void* context) noexcept {
        guardQuietly([&] { delete static_cast<Handler*>(context); }, [](std::string_view) {});
    }

    const Runtime& runtime;
    const RouteReplies& replies;
    const Shared<RouteRules> rules; // null: none
    F call;
};

template<class F, class Arguments>
struct HandlerOf;
template<class F, class... Ts>
struct HandlerOf<F, Tuple<Ts...>> {
    static constexpr bool isTaken = std::is_invocable_v<F&, Request&, Ts...>;
    template<class Call>
    using Result = std::decay_t<std::invoke_result_t<Call&, Request&, Ts...>>;
};
// Whether a handler can be called with the parts that its route declares, and what it returns then.
template<class F, class P>
constexpr bool takesParts = HandlerOf<F, decltype(std::declval<const P&>().arguments())>::isTaken;
template<class F, class P>
using ResultOf = typename HandlerOf<F, decltype(std::declval<const P&>().arguments())>::template Result<F>;

} // namespace detail
} // namespace v1
} // namespace mortise
