// SPDX-License-Identifier: Apache-2.0
// error: with(table, rows): no column of that table references() this one
#include "sql_tables.hpp"

void add(const mortise::Database& database) {
    database.insert(posts, Post{}, with(users, User{}));
}
