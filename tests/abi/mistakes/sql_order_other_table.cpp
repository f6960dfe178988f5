// SPDX-License-Identifier: Apache-2.0
// error: orderBy(): a column of a table that the query is not about
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).orderBy(desc(users.name)).all();
}
