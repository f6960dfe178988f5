// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sql_value.hpp"

#include <span>
#include <string>
#include <string_view>

struct sqlite3;

namespace mortise::database {

// The declared name of the foreign key that a statement has just broken on this connection, in a transaction, with
// these parameters; SQLite does not tell. On the path of failures only: the statement runs once more in a savepoint,
// with keys that are checked late, what it touches is looked at, and all of it is undone. Empty where the key has no
// name, or it cannot be found out among the rows that are looked at.
std::string brokenForeignKey(sqlite3* database, std::string_view sql, std::span<const SqlValue> parameters);

} // namespace mortise::database
