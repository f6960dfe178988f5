// SPDX-License-Identifier: Apache-2.0
#include "mariadb_session.hpp"

#include "mariadb_constraints.hpp"
#include "mariadb_error.hpp"
#include "mariadb_setup.hpp"
#include "mariadb_statement.hpp"

#include <optional>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

ConnectError connectError(const DriverError& error, const MariadbServer& server) {
    const DatabaseError meaning = mariadbError(error, server.place());
    const std::string text = "database " + server.place() + " cannot be connected to: " + error.what();
    return {meaning.kind() == Kind::busy && !error.isLate() ? Kind::busy : Kind::lost, text, mayPass(error)};
}

// In the place of a statement's failure, which comes at the first use of it.
DriverSession connected(const SqlDriver& driver, const MariadbServer& server, std::chrono::milliseconds time) {
    try {
        return {driver, server, time};
    } catch (const DriverError& error) {
        throw connectError(error, server);
    }
}

} // namespace

MariadbSession::MariadbSession(const SqlDriver& driver, const MariadbOptions& options,
                               const StatementRegistry& registry, Milliseconds time)
    : options_(options), registry_(registry), session_(connected(driver, options.server, time)) {
    try {
        warning_ = setUpMariadb(session_, options_, time);
    } catch (const DriverError& error) {
        throw connectError(error, options_.server);
    }
}

DatabaseError MariadbSession::error(const DriverError& error) const {
    return mariadbError(error, options_.server.place());
}

std::uint64_t MariadbSession::run(std::uint32_t number, std::span<const SqlValue> parameters, RowVisitor* visitor,
                                  Milliseconds time) {
    struct Running {
        explicit Running(bool& flag) : flag_(flag) { flag_ = true; }
        ~Running() { flag_ = false; }
        bool& flag_;
    };
    if (running_) throw DatabaseError(Kind::invalid, "the database was called while it shows a row");
    const StatementRegistry::Entry* const entry = registry_.at(number);
    if (entry == nullptr) throw DatabaseError(Kind::invalid, "there is no statement " + std::to_string(number));
    const Running running(running_);
    for (bool again = false;; again = true) {
        try {
            DriverStatement& statement = prepared(number, entry->sql, time);
            if (parameters.size() != statement.parameterCount())
                throw DatabaseError(Kind::invalid, "the statement takes " + std::to_string(statement.parameterCount()) +
                                                       " parameters, not " + std::to_string(parameters.size()) + ": " +
                                                       entry->sql);
            return statement.execute(parameters, time, visitor);
        } catch (const DriverError& failure) {
            if (isToBePrepared(failure) && !again) {
                statements_.erase(places_.at(number));
                places_.erase(number);
                continue;
            }
            const DatabaseError meaning = error(failure);
            if (session_.isLost() || meaning.name().empty()) throw DatabaseError(meaning);
            throw namedAsDeclared(meaning, entry->sql, session_, time);
        }
    }
}

StatementRegistry::Entry MariadbSession::inspect(std::string_view sql, Milliseconds time) {
    const bool readOnly = isReadOnlyStatement(sql);
    try {
        const DriverStatement statement = prepare(sql, time);
        std::optional<std::size_t> columns = statement.columnCount();
        // Of what a change returns MariaDB describes the columns only when it runs.
        if (columns == 0 && !readOnly && returnsRows(sql)) columns.reset();
        return {std::string(sql), statement.parameterCount(), columns, readOnly};
    } catch (const DriverError& failure) {
        throw error(failure);
    }
}

DriverStatement& MariadbSession::prepared(std::uint32_t number, const std::string& sql, Milliseconds time) {
    const auto place = places_.find(number);
    if (place != places_.end()) {
        statements_.splice(statements_.begin(), statements_, place->second);
        return place->second->statement;
    }
    while (!statements_.empty() && statements_.size() >= options_.preparedStatements) forgetOldest();
    statements_.push_front({number, prepare(sql, time)});
    places_.emplace(number, statements_.begin());
    return statements_.front().statement;
}

// The server has a limit, too, that all its clients share.
DriverStatement MariadbSession::prepare(std::string_view sql, Milliseconds time) {
    for (;;) {
        try {
            return session_.prepare(sql, time);
        } catch (const DriverError& failure) {
            if (!isStatementLimit(failure) || statements_.empty()) throw;
        }
        forgetOldest();
    }
}

void MariadbSession::forgetOldest() {
    places_.erase(statements_.back().number);
    statements_.pop_back();
}

} // namespace mortise::database
