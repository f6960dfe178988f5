// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sql_value.hpp"

#include <memory>
#include <span>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

namespace mortise::database {

// A native prepared statement. For one thread at a time, and not to outlive its connection.
class SqliteStatement {
public:
    SqliteStatement() = default;
    // Fails like sqlite3_prepare_v3: the result is empty then, and `code` says why. `one` is false when text follows
    // the first statement.
    static SqliteStatement prepare(sqlite3* database, std::string_view sql, int& code, bool& one);

    explicit operator bool() const noexcept { return statement_ != nullptr; }
    int parameterCount() const noexcept;
    bool isReadOnly() const noexcept;
    int columnCount() const noexcept;

    // These return SQLite's codes. The parameters must stay until reset.
    int bind(std::span<const SqlValue> parameters) noexcept;
    int bindValues(std::span<const sqlite3_value* const> values) noexcept;
    int step() noexcept;
    // Of the present row. The caller holds the connection's mutex (sqlite3_db_mutex).
    SqlValue column(int index) const noexcept;
    void reset() noexcept;
    // Steps to the end and resets: for statements without rows.
    int run() noexcept;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

} // namespace mortise::database
