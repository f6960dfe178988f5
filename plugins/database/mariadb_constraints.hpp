// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace mortise::database {

class DriverSession;

// The key, constraint or column that a message of MariaDB names as the one that is broken, as it stands there; empty:
// none. https://mariadb.com/kb/en/mariadb-error-code-reference/
std::string mariadbConstraint(std::string_view message);

// `error` of the statement `sql` with the name as it was declared, and "table.column" of what was declared without one,
// where MariaDB makes a name up: asks the schema on `session`, which is where it failed. Where that cannot be asked the
// name is empty.
DatabaseError namedAsDeclared(const DatabaseError& error, std::string_view sql, DriverSession& session,
                              std::chrono::milliseconds time);

} // namespace mortise::database
