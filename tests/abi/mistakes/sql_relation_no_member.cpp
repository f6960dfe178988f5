// SPDX-License-Identifier: Apache-2.0
// error: with(table): no member is called as the table
#include "sql_tables.hpp"

struct Author {
    std::string id;
    std::vector<Post> written;
};
MORTISE_DESCRIBE(Author, field(id), field(written))

auto find(const mortise::Database& database) {
    return database.select<Author>(users).with(posts).all();
}
