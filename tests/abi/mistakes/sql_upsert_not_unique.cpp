// SPDX-License-Identifier: Apache-2.0
// error: on(): the columns are not one unique key of the table
#include "sql_tables.hpp"

auto add(const mortise::Database& database) {
    return database.upsert(posts, Post{}, on(posts.id, posts.slug));
}
