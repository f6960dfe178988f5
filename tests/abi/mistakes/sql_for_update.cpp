// SPDX-License-Identifier: Apache-2.0
// error: forUpdate() is of a Transaction
#include "sql_tables.hpp"

auto find(const mortise::Database& database) {
    return database.select(posts).forUpdate().one();
}
