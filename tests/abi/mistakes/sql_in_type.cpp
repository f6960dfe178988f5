// SPDX-License-Identifier: Apache-2.0
// error: in(): the elements are not of the column's type
#include "sql_tables.hpp"

auto find(const mortise::Database& database, const std::vector<int>& list) {
    return database.select(posts).where(posts.id.in(list)).all();
}
