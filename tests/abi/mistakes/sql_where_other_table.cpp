// SPDX-License-Identifier: Apache-2.0
// error: where(): a column of a table that the query is not about
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).where(users.name == "Ada").all();
}
