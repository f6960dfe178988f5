// SPDX-License-Identifier: Apache-2.0
// error: after(): a value is not of its column's type
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).orderBy(posts.createdAt).after(id).all();
}
