// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver_session.hpp"
#include "schema_constraints.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// What a query without parameters gives; NULL is an empty text. Throws DriverError.
std::vector<std::vector<std::string>> mariadbRows(DriverSession& session, std::string_view sql,
                                                  std::chrono::milliseconds time);
// A text in an SQL text, where a backslash is nothing special (NO_BACKSLASH_ESCAPES).
std::string sqlLiteral(std::string_view text);

// A table of the session's database, as information_schema has it. Throws DriverError.
TableSchema mariadbTable(DriverSession& session, std::string_view table, std::chrono::milliseconds time);

// TableSchema::TypeInstead of columns as information_schema calls their types.
std::string_view mariadbTypeInstead(SqlKind kind, std::string_view type);

// Whether a key is called as MariaDB calls one that was declared without a name: after its first column, and again with
// a number.
bool isMadeUpName(std::string_view key, const std::vector<std::string>& columns);

} // namespace mortise::database
