// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"
#include "sql_value.hpp"
#include "sqlite_file.hpp"
#include "sqlite_options.hpp"
#include "sqlite_statement.hpp"
#include "statement_registry.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace mortise::database {

// A connection with its prepared statements. For one thread at a time, which its owner sees to: it is opened without
// SQLite's mutex, which each call would take and give, twenty times a row. Poco's sessions cannot be opened so, and
// prepare their statements again at every execution.
class SqliteConnection {
public:
    enum class Access { read, write };

    // What this connection does differently from others.
    struct Use {
        Access access = Access::read;
        std::chrono::milliseconds busyTimeout{0};
        std::chrono::milliseconds statementLimit{0};
        DatabaseError::Kind pastLimit = DatabaseError::Kind::failed; // of a statement that ran into the limit
    };

    // Opens and configures: write-ahead mode, synchronous, foreign keys. Throws DatabaseError.
    SqliteConnection(const SqliteOptions& options, const StatementRegistry& registry, const Use& use);
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;
    ~SqliteConnection();

    // Runs a registered statement; returns how many rows it changed. A reading connection refuses what writes.
    std::uint64_t run(std::uint32_t number, std::span<const SqlValue> parameters, RowVisitor* visitor);

    // Prepares one statement that belongs to this connection; throws what the database says against it.
    SqliteStatement prepare(std::string_view sql) const;
    // Throws unless `code`, which a call on this connection returned, is a success.
    void require(int code) const;
    DatabaseError error(int code) const;

    bool inTransaction() const noexcept;
    void setBusyTimeout(std::chrono::milliseconds timeout) noexcept;
    sqlite3* handle() const noexcept { return handle_; }

private:
    class Running;
    void configure(const SqliteOptions& options);
    std::string enterWriteAheadMode(std::chrono::milliseconds patience);
    void requireKnownFormat() const;
    // Runs one statement of ours.
    void execute(std::string_view sql) const;
    // Of the registered statement that has just failed.
    DatabaseError statementError(int code, const StatementRegistry::Entry& entry, SqliteStatement& failed,
                                 std::span<const SqlValue> parameters) const;
    SqliteStatement& statement(std::uint32_t number, const StatementRegistry::Entry& entry);
    static int onProgress(void* connection) noexcept;

    const StatementRegistry& registry_;
    const Use use_;
    const std::filesystem::path file_;
    const std::unique_ptr<sqlite3, CloseConnection> connection_;
    sqlite3* const handle_;                   // of connection_
    std::vector<SqliteStatement> statements_; // by number; empty ones are not prepared yet
    std::vector<SqlValue> columns_;
    bool running_ = false;
    bool timed_ = false; // deadline_ is set for the running statement
    std::chrono::steady_clock::time_point deadline_;
};

} // namespace mortise::database
