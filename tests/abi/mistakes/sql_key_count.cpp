// SPDX-License-Identifier: Apache-2.0
// error: as many values as the table's key has columns
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).find(id, id);
}
