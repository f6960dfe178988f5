// SPDX-License-Identifier: Apache-2.0
// error: update<T>(): a row that comes back keeps its key
#include "sql_tables.hpp"

auto change(const mortise::Database& database) {
    return database.update<Post>(posts).where(posts.id == id).set(posts.id = "2");
}
