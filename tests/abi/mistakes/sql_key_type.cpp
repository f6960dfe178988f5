// SPDX-License-Identifier: Apache-2.0
// error: a comparison: the value is not of the column's type
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).find(7);
}
