// SPDX-License-Identifier: Apache-2.0
// error: select(a, b): say select<T>(a, b)
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts.title, posts.slug).all();
}
