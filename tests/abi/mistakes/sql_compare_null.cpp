// SPDX-License-Identifier: Apache-2.0
// error: a comparison with NULL: the column is never NULL
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).where(posts.title == nullptr).all();
}
