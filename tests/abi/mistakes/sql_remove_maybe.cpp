// SPDX-License-Identifier: Apache-2.0
// error: remove(): an absent maybe() would remove every row
#include "sql_tables.hpp"

auto clear(const mortise::Database& database, const std::optional<std::string>& title) {
    return database.remove(posts).where(posts.title == mortise::maybe(title));
}
