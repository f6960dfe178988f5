// SPDX-License-Identifier: Apache-2.0
// error: after(): as many values as orderBy() has columns
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).orderBy(posts.createdAt, posts.id).after(id).all();
}
