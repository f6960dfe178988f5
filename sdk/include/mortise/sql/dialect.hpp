// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/database.h>
#include <mortise/sql_dialect.hpp>

#include <cstdint>
#include <string_view>

// Where databases differ in the SQL of typed queries, and nowhere else.
namespace mortise {
inline namespace v1 {

static_assert(static_cast<std::uint32_t>(SqlDialect::sqlite) == MORTISE_SQL_DIALECT_SQLITE &&
              static_cast<std::uint32_t>(SqlDialect::mariadb) == MORTISE_SQL_DIALECT_MARIADB);

namespace detail {

// What a column holds.
enum class SqlKind : std::uint32_t {
    integer = MORTISE_SQL_INTEGER,
    number = MORTISE_SQL_NUMBER,
    text = MORTISE_SQL_TEXT,
    decimal = MORTISE_SQL_DECIMAL,
    dateTime = MORTISE_SQL_DATE_TIME,
    uuid = MORTISE_SQL_UUID
};

// A table of the elements of the JSON array that is the next parameter, to stand behind IN. `kind`: of what they are
// compared with.
constexpr std::string_view sqlElements(SqlDialect dialect, SqlKind kind) noexcept {
    if (dialect != SqlDialect::mariadb) return "(SELECT value FROM json_each(?))";
    // The texts' collation is one that gives way to that of a column which compares bytes.
    switch (kind) {
    case SqlKind::integer:
        return "(SELECT value FROM JSON_TABLE(?, '$[*]' COLUMNS (value BIGINT PATH '$')) AS elements)";
    case SqlKind::number:
        return "(SELECT value FROM JSON_TABLE(?, '$[*]' COLUMNS (value DOUBLE PATH '$')) AS elements)";
    case SqlKind::decimal:
        return "(SELECT value FROM JSON_TABLE(?, '$[*]' COLUMNS (value DECIMAL(65,30) PATH '$')) AS elements)";
    case SqlKind::text:
        return "(SELECT value FROM JSON_TABLE(?, '$[*]' COLUMNS (value LONGTEXT CHARACTER SET utf8mb4 COLLATE "
               "utf8mb4_general_ci PATH '$')) AS elements)";
    case SqlKind::dateTime:
        return "(SELECT TIMESTAMPADD(MICROSECOND, value * 1000, TIMESTAMP'1970-01-01 00:00:00') FROM JSON_TABLE(?, "
               "'$[*]' COLUMNS (value BIGINT PATH '$')) AS elements)";
    case SqlKind::uuid:
        return "(SELECT UNHEX(REPLACE(value, '-', '')) FROM JSON_TABLE(?, '$[*]' COLUMNS (value CHAR(36) PATH '$')) "
               "AS elements)";
    }
    return {};
}

// OFFSET stands behind a LIMIT only.
constexpr std::string_view sqlNoLimit(SqlDialect dialect) noexcept {
    return dialect == SqlDialect::mariadb ? " LIMIT 18446744073709551615" : " LIMIT -1";
}

// What an INSERT does about a unique key that is taken. MariaDB takes no word of which: its clause is about every one,
// so that there may be no other (see sql/conflict.hpp).
constexpr std::string_view sqlConflict = " ON CONFLICT (";
constexpr std::string_view sqlDoNothing = ") DO NOTHING";
constexpr std::string_view sqlDoUpdate(SqlDialect dialect) noexcept {
    return dialect == SqlDialect::mariadb ? " ON DUPLICATE KEY UPDATE " : ") DO UPDATE SET ";
}
// The value of a column that the row would have had, between these two.
constexpr std::string_view sqlInserted(SqlDialect dialect) noexcept {
    return dialect == SqlDialect::mariadb ? " = VALUES(" : " = excluded.";
}
constexpr std::string_view sqlInsertedEnd(SqlDialect dialect) noexcept {
    return dialect == SqlDialect::mariadb ? ")" : "";
}

// MariaDB finds the rows of an in() by an index only where a change is written as one about several tables: else it
// reads and locks the whole table.
constexpr bool sqlChangesSeveral(SqlDialect dialect, bool hasElements) noexcept {
    return dialect == SqlDialect::mariadb && hasElements;
}

// No UPDATE returns rows there, and no DELETE about several tables: they are read by statements of their own.
constexpr bool sqlReadsChanged(SqlDialect dialect) noexcept {
    return dialect == SqlDialect::mariadb;
}
// Whether (a, b) > (?, ?) is found by an index.
constexpr bool sqlComparesRows(SqlDialect dialect) noexcept {
    return dialect != SqlDialect::mariadb;
}

} // namespace detail
} // namespace v1
} // namespace mortise
