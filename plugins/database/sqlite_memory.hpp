// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sql_value.hpp"
#include "sqlite_file.hpp"
#include "sqlite_statement.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace mortise::database {

// A database in memory of its own, to try a schema on. For one thread. Throws DatabaseError.
class SqliteMemory {
public:
    SqliteMemory();

    // One statement, confined like those of plugins; or with the whole right of an own one.
    void run(std::string_view sql);
    void runOwn(std::string_view sql);
    // One statement of a plugin. Throws what is said against it.
    SqliteStatement prepare(std::string_view sql) const;
    // The rows of a query of ours, all columns as text; NULL is empty.
    std::vector<std::vector<std::string>> rows(std::string_view sql, std::span<const SqlValue> parameters = {}) const;

    // The schema, without rows, of the database behind `source`.
    void copySchema(sqlite3* source);

    sqlite3* handle() const noexcept { return handle_.get(); }

private:
    std::unique_ptr<sqlite3, CloseConnection> handle_;
};

// Rows of a query on any connection, as above.
std::vector<std::vector<std::string>> sqliteRows(sqlite3* connection, std::string_view sql,
                                                 std::span<const SqlValue> parameters = {});

} // namespace mortise::database
