// SPDX-License-Identifier: Apache-2.0
// error: a struct beside the table's own has no MORTISE_DESCRIBE
#include "sql_tables.hpp"

struct PostTitle {
    std::string title;
};

auto find(const mortise::Database& database) {
    return database.select<PostTitle>(posts).all();
}
