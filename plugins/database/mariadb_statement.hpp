// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::database {

// Whether a plugin's statement for MariaDB only reads, and locks nothing. Throws DatabaseError (invalid) for one that
// is neither a query nor changes rows: what begins or ends a transaction, changes the schema (which would end it, too)
// or the session.
bool isReadOnlyStatement(std::string_view sql);

// Whether a statement that changes rows returns them (RETURNING).
bool returnsRows(std::string_view sql);

// What a statement of a migration is by its first word.
enum class StatementKind {
    data,       // is part of a transaction
    session,    // sets what is the connection's
    definition, // all else: commits by itself
};
StatementKind statementKind(std::string_view sql);

} // namespace mortise::database
