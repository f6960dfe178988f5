// SPDX-License-Identifier: Apache-2.0
// error: references(): the two columns are of different types
#include "sql_tables.hpp"

struct Vote {
    std::int64_t postId = 0;
};
MORTISE_TABLE(votes, Vote, column(postId).references(posts.id))
