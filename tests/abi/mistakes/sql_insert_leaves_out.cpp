// SPDX-License-Identifier: Apache-2.0
// error: insert(): the struct leaves out a column that has no default
#include "sql_tables.hpp"

struct NewPost {
    std::string title, slug;
};
MORTISE_DESCRIBE(NewPost, field(title), field(slug))

void add(const mortise::Database& database) {
    database.insert(posts, NewPost{"a", "b"});
}
