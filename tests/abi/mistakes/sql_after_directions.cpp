// SPDX-License-Identifier: Apache-2.0
// error: after(): all columns in one direction
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).orderBy(desc(posts.createdAt), posts.id).after(mortise::DateTime{1}, id).all();
}
