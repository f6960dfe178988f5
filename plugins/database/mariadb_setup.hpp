// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver_session.hpp"
#include "mariadb_options.hpp"

#include <chrono>
#include <string>

namespace mortise::database {

// Makes a new connection one on which statements mean what they mean on SQLite, as far as the server can be set, and
// looks whether it holds. Throws DriverError, and ConnectError for a server that is not to be used. Returns what should
// not be as it is there, for the log; empty: nothing.
//
// Transactions are READ COMMITTED: each statement sees what was committed before it, and FOR UPDATE locks the rows that
// it finds and nothing between them. REPEATABLE READ would lock the gap where a row is looked for that is not there
// yet, so that bodies which look for one, then insert it, would end each other as deadlocks.
std::string setUpMariadb(DriverSession& session, const MariadbOptions& options, std::chrono::milliseconds time);

} // namespace mortise::database
