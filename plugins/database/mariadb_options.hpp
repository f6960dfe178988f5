// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_url.hpp"

#include <chrono>
#include <cstddef>

namespace mortise::database {

struct MariadbOptions {
    MariadbServer server;
    std::chrono::milliseconds lockWait{5000};          // for a row or table that another transaction holds
    std::chrono::milliseconds statementTimeout{30000}; // of one statement that is none of a migration's
    std::chrono::milliseconds migrationWait{30000};    // for the lock of migrations
    std::chrono::milliseconds migrationLease{10000};   // of that lock, renewed while it is held
    std::chrono::milliseconds firstPause{100};         // between two tries to connect; twice as long each time, up to:
    std::chrono::milliseconds longestPause{10000};
    std::size_t statements = 1024;        // that may be registered
    std::size_t preparedStatements = 256; // on one connection, at most
    bool causalReads = false;             // on Galera: a read waits for what the other nodes acknowledged before it
};

} // namespace mortise::database
