// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mariadb_session.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace mortise::database {

// Keeps many threads from knocking at a server that is not there: after a failure one at a time tries again, after a
// random part of a pause that is twice as long each time. Thread-safe.
class ConnectPause {
public:
    using Milliseconds = std::chrono::milliseconds;

    ConnectPause(Milliseconds first, Milliseconds longest) : first_(first), longest_(longest) {}

    // Before a try; one of the others follows. Throws the last failure where it is not time yet.
    void enter();
    void succeeded();
    void failed(const ConnectError& error);
    void left(); // it was not tried
    // How long until the next one may try.
    Milliseconds remaining() const;

private:
    using Clock = std::chrono::steady_clock;

    const Milliseconds first_;
    const Milliseconds longest_;
    mutable std::mutex mutex_;
    std::optional<ConnectError> failure_; // empty: it is there, as far as known
    Milliseconds pause_{0};
    Clock::time_point next_;
    bool trying_ = false; // after a failure
};

} // namespace mortise::database
