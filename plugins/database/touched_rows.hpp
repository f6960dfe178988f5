// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_value;

namespace mortise::database {

struct FreeSqliteValue {
    void operator()(sqlite3_value* value) const noexcept;
};
using SqliteValue = std::unique_ptr<sqlite3_value, FreeSqliteValue>;

// A row that a statement inserts, changes or deletes, actions of foreign keys and triggers included.
struct TouchedRow {
    std::string table;
    std::vector<SqliteValue> before; // by column; empty of one that is inserted
    std::vector<SqliteValue> after;  // empty of one that is deleted
};

// Notes the rows of the main database that are touched on a connection while it lives, the first `limit` of them and
// the last.
class TouchedRows {
public:
    TouchedRows(sqlite3* database, std::size_t limit);
    TouchedRows(const TouchedRows&) = delete;
    TouchedRows& operator=(const TouchedRows&) = delete;
    ~TouchedRows();

    const std::vector<TouchedRow>& rows() const noexcept { return rows_; }

private:
    static void onChange(void* self, sqlite3* database, int operation, const char* schema, const char* table,
                         long long before, long long after) noexcept;
    void note(sqlite3* database, int operation, const char* table);

    sqlite3* database_;
    std::size_t limit_;
    std::vector<TouchedRow> rows_;
};

} // namespace mortise::database
