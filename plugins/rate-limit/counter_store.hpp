// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client.hpp"
#include "window.hpp"

#include <cstdint>

namespace mortise::rate_limit {

// Where counters live. One in memory answers at once, on the caller's event loop; the filter that asks can wait, for a
// store that lies elsewhere.
class CounterStore {
public:
    virtual ~CounterStore() = default;

    // [any] Counts a request of `client` under the limit of that index and says how the client stands then.
    virtual Standing count(const Client& client, std::uint8_t limit, Seconds now) noexcept = 0;
};

} // namespace mortise::rate_limit
