// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/pipeline.hpp"

namespace mortise::dispatch::steps {

// What the entries of a Pipeline do, in order. All are Step::Run.

// A filter of accept to handle: one that can neither reply nor wait gets a handle without a turn.
Flow passFilter(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow callFilter(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow findRoute(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow authenticate(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow readBody(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow validate(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow callHandler(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);

// Of a response: what the host says before the filters, each filter (one that may wait or works on a worker has a
// turn), what the host says last, and the sending.
Flow beginResponse(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow respondFilter(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow respondFilterInTurn(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);
Flow endResponse(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);

} // namespace mortise::dispatch::steps
