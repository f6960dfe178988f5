// SPDX-License-Identifier: Apache-2.0
// error: select<T>: each member of T that is no column is filled by a with()
#include "sql_tables.hpp"

struct UserWithPosts {
    std::string id;
    std::vector<Post> posts;
};
MORTISE_DESCRIBE(UserWithPosts, field(id), field(posts))

auto find(const mortise::Database& database) {
    return database.select<UserWithPosts>(users).all();
}
