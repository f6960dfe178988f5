// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"
#include "driver_session.hpp"

#include <string>
#include <string_view>

namespace mortise::database {

// What a failure of the driver means. `place` names the database in messages. A statement that was late is `busy`, one
// whose connection broke is `lost`. Constraints are named as MariaDB's message has them, see mariadb_constraints.hpp.
DatabaseError mariadbError(const DriverError& error, std::string_view place);

// Whether connecting may work later although nobody changes the configuration: a server that is away, starting, full.
bool mayPass(const DriverError& error) noexcept;

// Whether the server forgot so many statements, or one, that preparing again helps.
bool isStatementLimit(const DriverError& error) noexcept; // max_prepared_stmt_count
bool isToBePrepared(const DriverError& error) noexcept;

// Whether a statement that defines something found it as it leaves it: that is there, or what it drops or renames is
// not.
bool isDefined(const DriverError& error) noexcept;

} // namespace mortise::database
