// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"
#include "sql_value.hpp"
#include "sqlite_options.hpp"
#include "sqlite_statement.hpp"
#include "statement_registry.hpp"

#include <Poco/Data/Session.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace mortise::database {

// A Poco session for what is cold (opening, configuration, migrations), with native statements on its handle for what
// is hot: the session's own statements are prepared again at every execution. For one thread at a time.
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
    Poco::Data::Session& session() noexcept { return session_; }

private:
    class Running;
    void configure(const SqliteOptions& options);
    std::string enterWriteAheadMode(std::chrono::milliseconds patience);
    void requireKnownFormat() const;
    SqliteStatement& statement(std::uint32_t number, const StatementRegistry::Entry& entry);
    static int onProgress(void* connection) noexcept;

    const StatementRegistry& registry_;
    const Use use_;
    const std::filesystem::path file_;
    Poco::Data::Session session_;
    sqlite3* const handle_;                   // the session's
    std::vector<SqliteStatement> statements_; // by number; empty ones are not prepared yet
    std::vector<SqlValue> columns_;
    bool running_ = false;
    bool timed_ = false; // deadline_ is set for the running statement
    std::chrono::steady_clock::time_point deadline_;
};

} // namespace mortise::database
