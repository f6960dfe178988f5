// SPDX-License-Identifier: Apache-2.0
// error: contains() and startsWith(): a column that is uuid() has no text on every database
#include "sql_tables.hpp"

struct Session {
    std::string token;
};
MORTISE_TABLE(sessions, Session, column(token).key().uuid())

auto find(const mortise::Database& database) {
    return database.select(sessions.token).where(sessions.token.startsWith("0")).all();
}
