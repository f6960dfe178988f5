// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace mortise::database {

// Which constraint a statement broke, from SQLite's message and the schema. On the path of failures only. Empty where
// it cannot be found out; these do not throw for what the database says, and the connection's own message is lost.

// "UNIQUE constraint failed: t.a, t.b": the declared name of the constraint or index, else "t.a, t.b".
std::string uniqueConstraint(sqlite3* database, std::string_view message);
// "CHECK constraint failed: name": where that is a declared name and not the text of the rule.
std::string checkConstraint(sqlite3* database, std::string_view message);
// What a message says behind its colon: "t.a" of "NOT NULL constraint failed: t.a".
std::string failedPart(std::string_view message);

} // namespace mortise::database
