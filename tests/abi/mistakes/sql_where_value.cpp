// SPDX-License-Identifier: Apache-2.0
// error: where(): a condition
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).where(posts.title).all();
}
