// SPDX-License-Identifier: Apache-2.0
// error: select<T>: a member of T is not of its column's type
#include "sql_tables.hpp"

struct PostViews {
    std::string views;
};
MORTISE_DESCRIBE(PostViews, field(views))

auto find(const mortise::Database& database) {
    return database.select<PostViews>(posts).all();
}
