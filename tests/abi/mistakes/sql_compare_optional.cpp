// SPDX-License-Identifier: Apache-2.0
// error: a comparison: nothing equals an empty std::optional in SQL
#include "sql_tables.hpp"

auto find(const mortise::Database& database, const std::optional<std::string>& title) {
    return database.select(posts).where(posts.title == title).all();
}
