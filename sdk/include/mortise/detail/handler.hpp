// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/error.hpp>
#include <mortise/request.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// Stands for "no such schema" among a route's types.
struct Nothing {};

// A reply that the host refused (it answered 500 itself) or that came too late is a reply; one that never left is not.
inline mortise_status replied(mortise_status status) noexcept {
    return status == MORTISE_UNSUPPORTED || status == MORTISE_ERROR ? MORTISE_ERROR : MORTISE_REPLIED;
}

// Ends a call that threw: the answer is made here unless a Deferred holds it already and answered.
inline mortise_status fail(Request& request, Reply&& reply) noexcept {
    if (request.deferred() && !request.deferred()->claim()) return MORTISE_PENDING;
    mortise_status status = MORTISE_ERROR;
    guardQuietly([&] { status = ReplySender::send(request.runtime(), request.exchange(), std::move(reply)); },
                 [](std::string_view) {});
    return replied(status);
}

// A handler that threw is a 500; the host logs the sentence with the plugin's name.
inline mortise_status failWith(Request& request, std::string_view reason) noexcept {
    try {
        return fail(request, internalError(std::string(reason)));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

// On a loop, before any effect: the host calls again on a worker.
inline mortise_status failBusy(Request& request, std::string_view reason) noexcept {
    if (!request.deferred() && request.runtime().onLoop()) return MORTISE_BUSY;
    try {
        request.log().warn("A request was turned away", {{"error", reason}});
        return fail(request, serviceUnavailable());
    } catch (...) {
        return MORTISE_ERROR;
    }
}

// What the handler returned goes out; the terminal call or the promise of one.
template<class Result>
mortise_status conclude(Request& request, Result&& result) {
    if constexpr (std::is_same_v<std::decay_t<Result>, Reply>) {
        if (result.kind() == Reply::Kind::later) {
            if (!request.deferred()) return failWith(request, "Reply::later() without a defer()");
            if (request.deferred()->leave()) return MORTISE_PENDING;
            return failWith(request, "the Deferred was dropped without an answer");
        }
        if (request.deferred() && !request.deferred()->claim()) return MORTISE_PENDING;
        return replied(ReplySender::send(request.runtime(), request.exchange(), std::forward<Result>(result)));
    } else {
        static_assert(isDescribed<std::decay_t<Result>>, "a handler returns a Reply or a described struct");
        if (request.deferred() && !request.deferred()->claim()) return MORTISE_PENDING;
        SmallText<2048> body;
        encodeValue(body, result);
        return replied(ReplySender::sendJson(request.runtime(), request.exchange(), body.text()));
    }
}

// Runs a handler behind the wall; `call` concludes, so that what the answer points at is still there.
template<class Call>
mortise_status answer(Request& request, Call&& call) noexcept {
    try {
        return std::forward<Call>(call)();
    } catch (const Busy& busy) {
        return failBusy(request, busy.what());
    } catch (const std::exception& failure) {
        return failWith(request, failure.what());
    } catch (...) {
        return failWith(request, "an exception of unknown type");
    }
}

// Decodes what the route's schema let through; a document that is not there leaves the members' initialisers.
template<class T>
void take(const mortise_json_tape* tape, T& out, const char* where) {
    if constexpr (!std::is_same_v<T, Nothing>) {
        if (tape != nullptr && !decodeJson(*tape, out))
            throw Error(std::string("the ") + where + " passed its schema but does not fit its struct");
    }
}

// A handler takes Request& and then, in this order, the body, the query and the path that its route declares.
template<class F, class Body, class Query, class PathType>
struct Handler final : RouteRecord {
    template<class Given>
    Handler(const Runtime& r, Given&& given) : runtime(r), call(std::forward<Given>(given)) {}

    static mortise_status handle(void* context, mortise_exchange exchange, const mortise_request* raw) noexcept {
        auto& self = *static_cast<Handler*>(context);
        Request request(self.runtime, exchange, *raw);
        return answer(request, [&] {
            Body body{};
            Query query{};
            PathType path{};
            take(request.raw().json_body, body, "body");
            take(request.raw().json_query, query, "query");
            take(request.raw().json_path, path, "path");
            return conclude(request, self.invoke(request, body, query, path));
        });
    }

    auto invoke(Request& request, const Body& body, const Query& query, const PathType& path) {
        constexpr bool hasBody = !std::is_same_v<Body, Nothing>;
        constexpr bool hasQuery = !std::is_same_v<Query, Nothing>;
        constexpr bool hasPath = !std::is_same_v<PathType, Nothing>;
        if constexpr (hasBody && hasQuery && hasPath)
            return call(request, body, query, path);
        else if constexpr (hasBody && hasQuery)
            return call(request, body, query);
        else if constexpr (hasBody && hasPath)
            return call(request, body, path);
        else if constexpr (hasQuery && hasPath)
            return call(request, query, path);
        else if constexpr (hasBody)
            return call(request, body);
        else if constexpr (hasQuery)
            return call(request, query);
        else if constexpr (hasPath)
            return call(request, path);
        else
            return call(request);
    }

    const Runtime& runtime;
    F call;
};

} // namespace detail
} // namespace v1
} // namespace mortise
