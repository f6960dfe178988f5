// SPDX-License-Identifier: Apache-2.0
// error: update(): where() says which rows
#include "sql_tables.hpp"

auto change(const mortise::Database& database) {
    return database.update(posts).set(posts.title = "x");
}
