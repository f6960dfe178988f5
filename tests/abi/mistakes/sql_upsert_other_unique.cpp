// SPDX-License-Identifier: Apache-2.0
// error: on(): beside these columns only a key that is generated() may be unique
#include "sql_tables.hpp"

auto put(const mortise::Database& database) {
    return database.upsert(posts, Post{}, on(posts.id));
}
