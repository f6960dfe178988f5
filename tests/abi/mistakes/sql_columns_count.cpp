// SPDX-License-Identifier: Apache-2.0
// error: select<T>: T has another number of members than columns are named
#include "sql_tables.hpp"

struct Line {
    std::string title;
};
MORTISE_DESCRIBE(Line, field(title))

auto find(const mortise::Database& database) {
    return database.select<Line>(posts.title, posts.slug).all();
}
