// SPDX-License-Identifier: Apache-2.0
// error: all(): an std::string_view would outlive its row
#include "sql_tables.hpp"

struct PostTitle {
    std::string_view title;
};
MORTISE_DESCRIBE(PostTitle, field(title))

auto find(const mortise::Database& database) {
    return database.select<PostTitle>(posts).all();
}
