// SPDX-License-Identifier: Apache-2.0
// error: set(): the column is never NULL
#include "sql_tables.hpp"

auto change(const mortise::Database& database) {
    return database.update(posts).where(posts.id == id).set(posts.title = nullptr);
}
