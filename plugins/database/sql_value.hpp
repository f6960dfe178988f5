// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::database {

// As MORTISE_SQL_… of the service. SQLite stores the last three as text and integer.
enum class SqlKind : std::uint32_t { null, integer, number, text, blob, decimal, dateTime, uuid };

// A parameter or a column; `text` (UTF-8, the bytes of a blob, a decimal number, the 36 characters of a UUID) is
// borrowed, `integer` of a dateTime is in milliseconds of Unix time.
struct SqlValue {
    SqlKind kind = SqlKind::null;
    std::int64_t integer = 0;
    double number = 0;
    std::string_view text;
};

// Is shown rows one by one. Must not call the database.
class RowVisitor {
public:
    virtual ~RowVisitor() = default;
    // The columns are borrowed for the call. False: enough seen.
    virtual bool row(std::span<const SqlValue> columns) = 0;
};

} // namespace mortise::database
