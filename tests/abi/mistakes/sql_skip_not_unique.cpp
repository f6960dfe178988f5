// SPDX-License-Identifier: Apache-2.0
// error: skipDuplicates(): the columns are not one unique key of the table
#include "sql_tables.hpp"

auto add(const mortise::Database& database) {
    return database.insert(posts, Post{}, skipDuplicates(posts.title));
}
