// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "database_error.hpp"

namespace mortise::database {

// Of one body: what fails three times fails for a reason.
constexpr int maximumRuns = 3;

// Whether the database gave up a transaction in a way that may not happen again.
inline bool isGivenUp(const DatabaseError& error) noexcept {
    return error.kind() == DatabaseError::Kind::deadlock || error.kind() == DatabaseError::Kind::lost;
}

// Waits a random time after the body's run number `run`, apart from others that failed at the same moment. Throws
// DatabaseError (busy) where the time of its caller is over then.
void pauseBeforeRun(const TransactionBody& body, int run);

} // namespace mortise::database
