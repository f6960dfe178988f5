// SPDX-License-Identifier: Apache-2.0
// error: update(): an absent maybe() would change every row
#include "sql_tables.hpp"

auto change(const mortise::Database& database, const std::optional<std::string>& title) {
    return database.update(posts).where(posts.title == mortise::maybe(title)).set(posts.title = "x");
}
