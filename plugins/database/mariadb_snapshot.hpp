// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "mariadb_pool.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace mortise::database {

// A read-only transaction on a connection of its own, all of whose reads are of the state at its begin. The connection
// goes back as it came, or is closed. Thread: the one that made it.
class MariadbSnapshot {
public:
    // Throws DatabaseError where it cannot begin within the caller's time. Both outlive it.
    MariadbSnapshot(MariadbPool& pool, const MariadbOptions& options, const Caller& caller);
    MariadbSnapshot(const MariadbSnapshot&) = delete;
    MariadbSnapshot& operator=(const MariadbSnapshot&) = delete;
    ~MariadbSnapshot();

    // Throws `lost` once the connection is: another one would show another state.
    void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor, const Caller& caller);
    StatementRegistry::Entry inspect(const std::string& sql);

private:
    static MariadbPool::Lease begin(MariadbPool& pool, const MariadbOptions& options, const Caller& caller);

    const MariadbOptions& options_;
    MariadbPool::Lease lease_;
};

} // namespace mortise::database
