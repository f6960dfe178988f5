// SPDX-License-Identifier: Apache-2.0
// error: set(patch): a member of the struct is no column of the table
#include "sql_tables.hpp"

struct PostPatch {
    std::optional<std::string> tittle;
};
MORTISE_DESCRIBE(PostPatch, field(tittle))

auto change(const mortise::Database& database, const PostPatch& patch) {
    return database.updateOne(posts, id, patch);
}
