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
// both has the call at any moment: whoever claimed it, and the function until then.
//
//   phase   | claim      | drop               | leave
//   running | → ended    | → dropped          | → open: PENDING
//   open    | → ended    | → ended, completes | (only once)
//   dropped | → ended    | (only once)        | the function fails
//   ended   | refused    | nothing            | PENDING
struct GraphQlLaterState {
    enum Phase { running, open, dropped, ended };

    GraphQlLaterState(const Runtime& r, const GraphQlNames& n, const mortise_graphql_call& c, BodyField f) noexcept
        : runtime(r), names(n), call(c), turn(c.turn), fields(f) {}

    const Runtime& runtime;
    const GraphQlNames& names;
    const mortise_graphql_call& call; // gone once it is completed
    const mortise_exchange turn;
    const BodyField fields;
    Word<int> phase{running};

    bool claim() noexcept { return phase.exchange(ended) != ended; }
    bool leave() noexcept {
        int now = running;
        if (phase.compareExchange(now, open)) return true;
        return now != dropped;
    }
    void drop() noexcept {
        int now = running;
        if (phase.compareExchange(now, dropped)) return;
        if (now == open && claim()) complete(MORTISE_ERROR);
    }
    void complete(mortise_status outcome) noexcept {
        if (has(*call.table, &mortise_graphql_call_table::complete)) call.table->complete(&call, outcome);
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
