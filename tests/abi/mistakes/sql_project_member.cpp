// SPDX-License-Identifier: Apache-2.0
// error: select<T>: a member of T is no column of the table
#include "sql_tables.hpp"

struct PostTitle {
    std::string tittle;
};
MORTISE_DESCRIBE(PostTitle, field(tittle))

auto find(const mortise::Database& database) {
    return database.select<PostTitle>(posts).all();
}
