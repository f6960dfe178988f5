// SPDX-License-Identifier: Apache-2.0
// error: set(patch): a member of the struct is the key
#include "sql_tables.hpp"

auto change(const mortise::Database& database, const Post& post) {
    return database.updateOne(posts, id, post);
}
