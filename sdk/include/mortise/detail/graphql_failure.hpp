// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/send.hpp>
#include <mortise/detail/uncaught.hpp>
#include <mortise/guard.hpp>
#include <mortise/log.hpp>
#include <mortise/service/graphql.h>

namespace mortise {
inline namespace v1 {
namespace detail {

// `reply`, an error, becomes the value of the cell `place`; UINT32_MAX: of all of them.
inline mortise_status failCell(const mortise_graphql_call& call, std::uint32_t place, const Reply& reply) {
    if (!has(*call.table, &mortise_graphql_call_table::fail)) return MORTISE_ERROR;
    ReplySender::Shown shown;
    shown.of(reply);
    return peerStatus(call.table->fail(&call, place, &shown.error));
}

// In a catch block: what the field comes to, as an uncaught exception of a route's handler; what a function returns
// then. `fields` is of the body of the field, or null.
[[gnu::cold, gnu::noinline]] inline mortise_status
failUncaught(const Runtime& runtime, const mortise_graphql_call& call, BodyField fields) noexcept {
    try {
        if (isBusy()) {
            if (!runtime.onLoop())
                Log(runtime, {}, call.turn).warn("A request was turned away", {{"error", caught().message}});
            return MORTISE_BUSY;
        }
        return failCell(call, UINT32_MAX, replyToUncaught(Log(runtime, {}, call.turn), fields));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
