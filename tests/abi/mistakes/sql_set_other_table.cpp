// SPDX-License-Identifier: Apache-2.0
// error: set(): a column of another table than the update's
#include "sql_tables.hpp"

auto change(const mortise::Database& database) {
    return database.update(posts).where(posts.id == id).set(users.name = "Ada");
}
