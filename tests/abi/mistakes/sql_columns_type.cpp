// SPDX-License-Identifier: Apache-2.0
// error: select<T>: a member of T is not of its column's type
#include "sql_tables.hpp"

struct Line {
    std::string title, views;
};
MORTISE_DESCRIBE(Line, field(title), field(views))

auto find(const mortise::Database& database) {
    return database.select<Line>(posts.title, posts.views).all();
}
