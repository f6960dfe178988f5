// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/exchange.h>
#include <mortise/service/routes.h>

#include <cstddef>
#include <memory>

namespace mortise::host {

class Generation;
class Instance;
class KeptCall;

// What the services of this floor ask of the requests that are on their way, which only the floor above knows.
// Thread: any.
class Requests {
public:
    static constexpr std::size_t requestIdBytes = 128;

    virtual ~Requests() = default;

    // The table of mortise.exchange/1. Its functions expect the caller's Instance as `self`.
    virtual const mortise_exchange_table& exchangeService() const noexcept = 0;
    // What identifies the request that `handle` is of in logs; 0 bytes: it is of none.
    virtual std::size_t copyRequestId(mortise_exchange handle, char (&out)[requestIdBytes]) const noexcept = 0;
    // Where the request that `handle` is of stands in a trace. MORTISE_STALE: it is of none; MORTISE_BUSY: no memory.
    virtual mortise_status copyTrace(mortise_exchange handle, mortise_trace& out) const noexcept = 0;
    // Shows the routes of the generation that serves the request. MORTISE_STALE: `handle` is of none.
    virtual mortise_status visitRoutes(const Instance& caller, mortise_exchange handle, mortise_route_visitor visitor,
                                       void* context) const = 0;
    // Runs the call on the loop of the request. False: `handle` is of none, and the context is the caller's still.
    virtual bool post(mortise_exchange handle, std::unique_ptr<KeptCall>& call) noexcept = 0;
    // Holds the one that serves the request whose turn `handle` is; on its loop, any handle of the request will do.
    // Null: it is none such.
    virtual std::shared_ptr<const Generation> generationOf(mortise_exchange handle) const noexcept = 0;
    // The instance is never called again: the requests whose turn it has are ended. Returns at once; a call that begins
    // at this very moment has its own deadline.
    virtual void endTurnsInQuarantine(std::shared_ptr<const Instance> instance) noexcept = 0;
};

} // namespace mortise::host
