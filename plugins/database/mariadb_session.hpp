// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"
#include "driver_session.hpp"
#include "mariadb_options.hpp"
#include "statement_registry.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mortise::database {

// Why there is no connection: `lost`, or `busy` where the server has as many as it takes.
class ConnectError : public DatabaseError {
public:
    ConnectError(Kind kind, const std::string& text, bool passing) : DatabaseError(kind, text), passing_(passing) {}
    // Whether it may work later although nobody changes a configuration.
    bool mayPass() const noexcept { return passing_; }

private:
    bool passing_;
};

// One connection that is set up as this plugin expects it, with the statements that were prepared on it: the least
// recently used ones are forgotten at options.preparedStatements. Used by one thread at a time. Every `time` is a limit
// for each round trip. What refers to options and registry outlives it.
class MariadbSession {
public:
    using Milliseconds = std::chrono::milliseconds;

    // Connects, sets up, and checks that it holds. Throws ConnectError.
    MariadbSession(const SqlDriver& driver, const MariadbOptions& options, const StatementRegistry& registry,
                   Milliseconds time);
    MariadbSession(const MariadbSession&) = delete;
    MariadbSession& operator=(const MariadbSession&) = delete;

    // A registered statement; returns the number of rows that a write matched. Throws DatabaseError.
    std::uint64_t run(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor,
                      Milliseconds time);
    // One statement without parameters. Throws DriverError.
    void command(std::string_view sql, Milliseconds time) { session_.run(sql, time); }
    // What a text would be registered as. Throws DatabaseError.
    StatementRegistry::Entry inspect(std::string_view sql, Milliseconds time);
    DatabaseError error(const DriverError& error) const;

    // Asks the system, not the server.
    bool isAlive() const { return session_.alive(); }
    bool isLost() const noexcept { return session_.isLost(); }
    DriverSession& driver() noexcept { return session_; }
    // What holds on this server and should not, for the log; empty: nothing.
    const std::string& warning() const noexcept { return warning_; }

private:
    struct Prepared {
        std::uint32_t number;
        DriverStatement statement;
    };
    using List = std::list<Prepared>; // the last used one first

    DriverStatement& prepared(std::uint32_t number, const std::string& sql, Milliseconds time);
    DriverStatement prepare(std::string_view sql, Milliseconds time);
    void forgetOldest();

    const MariadbOptions& options_;
    const StatementRegistry& registry_;
    DriverSession session_;
    std::string warning_;
    List statements_; // ends before session_
    std::unordered_map<std::uint32_t, List::iterator> places_;
    bool running_ = false;
};

} // namespace mortise::database
