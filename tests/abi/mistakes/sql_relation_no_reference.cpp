// SPDX-License-Identifier: Apache-2.0
// error: with(): neither table has a column that references() the other
#include "sql_tables.hpp"

struct Other {
    std::string id;
};
MORTISE_TABLE(others, Other, column(id).key())
struct Author {
    std::string id;
    std::vector<Post> posts;
};
MORTISE_DESCRIBE(Author, field(id), field(posts))

auto find(const mortise::Database& database) {
    return database.select<Author>(others).with(posts).all();
}
