// SPDX-License-Identifier: Apache-2.0
#include "queries.hpp"

namespace comparison {

std::optional<UserWithPosts> userWithPosts(const mortise::Database& db, const std::string& id) {
    // query
    auto user =
        db.select<UserWithPosts>(users).with(posts.where(posts.published).orderBy(desc(posts.createdAt))).find(id);
    // end
    return user;
}

} // namespace comparison
