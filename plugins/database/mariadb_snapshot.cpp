// SPDX-License-Identifier: Apache-2.0
#include "mariadb_snapshot.hpp"

#include <algorithm>
#include <exception>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using Milliseconds = std::chrono::milliseconds;

Milliseconds timeOf(const Caller& caller, const MariadbOptions& options) {
    const Milliseconds left = caller.timeLeft();
    if (left <= Milliseconds(0))
        throw DatabaseError(Kind::busy, "the request's deadline passed inside of its snapshot");
    return std::min(left, options.statementTimeout);
}

} // namespace

MariadbSnapshot::MariadbSnapshot(MariadbPool& pool, const MariadbOptions& options, const Caller& caller)
    : options_(options), lease_(begin(pool, options, caller)) {}

// Transactions of a session are READ COMMITTED, where each read has a state of its own; the level of the next one is
// another statement's affair.
MariadbPool::Lease MariadbSnapshot::begin(MariadbPool& pool, const MariadbOptions& options, const Caller& caller) {
    for (;;) {
        MariadbPool::Lease lease = pool.lease(MariadbPool::Use::read, caller.timeLeft());
        try {
            lease.session().command("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", timeOf(caller, options));
            lease.session().command("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", timeOf(caller, options));
            return lease;
        } catch (const DriverError& failed) {
            const DatabaseError error = lease.session().error(failed);
            lease.close(); // the level would be that of the next transaction
            // The server may have ended since the connection was used last: a new one knows.
            if (error.kind() != Kind::lost || !lease.wasUsed()) throw DatabaseError(error);
        } catch (...) {
            lease.close();
            throw;
        }
    }
}

MariadbSnapshot::~MariadbSnapshot() {
    if (lease_.session().isLost()) return;
    try {
        lease_.session().command("COMMIT", options_.statementTimeout);
    } catch (const std::exception&) {
        lease_.close();
    }
}

void MariadbSnapshot::read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor,
                           const Caller& caller) {
    if (lease_.session().isLost()) throw DatabaseError(Kind::lost, "the connection of the snapshot was lost");
    lease_.session().run(statement, parameters, visitor, timeOf(caller, options_));
}

StatementRegistry::Entry MariadbSnapshot::inspect(const std::string& sql) {
    return lease_.session().inspect(sql, options_.statementTimeout);
}

} // namespace mortise::database
