// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_url.hpp"
#include "sql_value.hpp"

#include <mortise/service/sql_driver.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// mortise.sql_driver.KIND/1 as C++. All else that is said of a server's database calls a driver by these only.
namespace mortise::database {

// What a driver could not do; the text is for the log and has nothing secret.
class DriverError : public std::runtime_error {
public:
    DriverError(std::uint32_t code, bool lost, bool late, const std::string& text)
        : std::runtime_error(text), code_(code), lost_(lost), late_(late) {}
    std::uint32_t code() const noexcept { return code_; } // of the server or of the client's library; 0: none
    bool isLost() const noexcept { return lost_; }        // the session is over
    bool isLate() const noexcept { return late_; }        // because its time was

private:
    std::uint32_t code_;
    bool lost_;
    bool late_;
};

// The table of a driver in this build's shape. Copies are cheap; the service outlives them.
struct SqlDriver {
    mortise_sql_driver_table table{};
    void* self = nullptr;

    // Whether a driver is there, with every function.
    explicit operator bool() const noexcept;
};

class DriverStatement;

// One connection, used by one thread at a time. Every `time` is a limit, at least 1 ms; everything throws DriverError.
class DriverSession {
public:
    using Milliseconds = std::chrono::milliseconds;

    // Connects.
    DriverSession(const SqlDriver& driver, const MariadbServer& server, Milliseconds time);

    std::string version() const;
    bool alive() const;
    // One statement without parameters; its columns are texts or null. Returns the number of rows that a write matched.
    std::uint64_t run(std::string_view sql, Milliseconds time, RowVisitor* visitor = nullptr);
    // To end before this session.
    DriverStatement prepare(std::string_view sql, Milliseconds time);
    // It must not be used any more.
    bool isLost() const noexcept { return lost_; }

private:
    friend DriverStatement;

    struct Close {
        SqlDriver driver;
        void operator()(mortise_sql_session* session) const noexcept;
    };

    class Call;

    SqlDriver driver_;
    std::unique_ptr<mortise_sql_session, Close> session_;
    bool lost_ = false;
};

// Prepared on one session, which outlives it and does not move.
class DriverStatement {
public:
    DriverStatement(DriverStatement&&) noexcept = default;
    DriverStatement& operator=(DriverStatement&&) noexcept = default;

    std::size_t parameterCount() const noexcept { return parameters_; }
    std::size_t columnCount() const noexcept { return columns_; }
    // As DriverSession::run. What the visitor throws comes out here, once all rows were sent.
    std::uint64_t execute(std::span<const SqlValue> parameters, std::chrono::milliseconds time, RowVisitor* visitor);

private:
    friend DriverSession;

    struct Forget {
        DriverSession* session;
        void operator()(mortise_sql_prepared* prepared) const noexcept;
    };

    DriverStatement(DriverSession& session, mortise_sql_prepared* prepared, std::size_t parameters, std::size_t columns)
        : session_(&session), prepared_(prepared, Forget{&session}), parameters_(parameters), columns_(columns) {}

    DriverSession* session_;
    std::unique_ptr<mortise_sql_prepared, Forget> prepared_;
    std::size_t parameters_;
    std::size_t columns_;
};

} // namespace mortise::database
