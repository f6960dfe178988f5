// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/graphql_failure.hpp>
#include <mortise/detail/graphql_names.hpp>
#include <mortise/detail/owned.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/service/graphql.h>

#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// A value that stays until the operation has ended.
template<class T>
struct GraphQlKept {
    T value;

    static void release(void* object) noexcept {
        guardQuietly([&] { delete static_cast<GraphQlKept*>(object); }, [](std::string_view) {});
    }
};
template<class T>
T& keepUntilEnd(const mortise_graphql_call& call, T&& value) {
    if (!has(*call.table, &mortise_graphql_call_table::own)) throw Absent("own of a GraphQL call");
    auto kept = Owned<GraphQlKept<T>>::make(std::forward<T>(value));
    if (peerStatus(call.table->own(&call, kept.get(), &GraphQlKept<T>::release)) != MORTISE_OK)
        throw Error("a result is past the memory of its operation");
    return kept.release()->value;
}

// A call between a function that may still be running and whoever completes it later; as DeferredState. Exactly one of
// both has the call at any moment: whoever claimed it, and the function until then. What is complete before the
// function returns is what the function returns, and nobody is called for it.
//
//   phase      | claim        | finish        | drop, abandon     | leave: what the function returns
//   running    | → completing |               | → dropped         | → open: PENDING
//   completing | refused      | → completed   |                   | → left: PENDING
//   completed  | refused      |               |                   | the outcome
//   open       | → left       |               | → left, completes |
//   left       | refused      | completes     |                   |
//   dropped    | refused      |               |                   | it fails
struct GraphQlLaterState {
    enum Phase { running, completing, completed, open, left, dropped };

    GraphQlLaterState(const Runtime& r, const GraphQlNames& n, const mortise_graphql_call& c, BodyField f) noexcept
        : runtime(r), names(n), call(c), turn(c.turn), fields(f) {}

    const Runtime& runtime;
    const GraphQlNames& names;
    const mortise_graphql_call& call; // gone once it is completed
    const mortise_exchange turn;
    const BodyField fields;

    // True for the one who may write the cells; finish() is due then.
    bool claim() noexcept {
        for (int now = phase_.load();;) {
            const int next = now == running ? completing : now == open ? left : now;
            if (next == now) return false;
            if (phase_.compareExchange(now, next)) return true;
        }
    }
    void finish(mortise_status outcome) noexcept {
        outcome_ = outcome;
        int now = completing;
        if (!phase_.compareExchange(now, completed)) complete(outcome);
    }
    void drop() noexcept {
        int now = running;
        if (phase_.compareExchange(now, dropped)) return;
        if (now == open && claim()) complete(MORTISE_ERROR);
    }
    // Of the function that has thrown. True: nobody has completed it, nor will.
    bool abandon() noexcept {
        int now = running;
        return phase_.compareExchange(now, dropped) || now == dropped;
    }
    // False: the call was dropped.
    bool leave(mortise_status& returned) noexcept {
        returned = MORTISE_PENDING;
        int now = running;
        if (phase_.compareExchange(now, open)) return true;
        if (now == completing && phase_.compareExchange(now, left)) return true;
        if (now != completed) return false;
        returned = outcome_;
        return true;
    }

private:
    void complete(mortise_status outcome) noexcept {
        if (has(*call.table, &mortise_graphql_call_table::complete)) call.table->complete(&call, outcome);
    }

    Word<int> phase_{running};
    mortise_status outcome_ = MORTISE_OK; // before `completed`
};

} // namespace detail
} // namespace v1
} // namespace mortise
