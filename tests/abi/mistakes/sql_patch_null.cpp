// SPDX-License-Identifier: Apache-2.0
// error: set(patch): a Patch may be null and its column never is
#include "sql_tables.hpp"

struct PostPatch {
    mortise::Patch<std::string> title;
};
MORTISE_DESCRIBE(PostPatch, field(title))

auto change(const mortise::Database& database, const PostPatch& patch) {
    return database.updateOne(posts, id, patch);
}
