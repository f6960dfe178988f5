// SPDX-License-Identifier: Apache-2.0
#include "queries.hpp"

namespace comparison {

std::pair<User, Post> returning(const mortise::Database& db, const std::string& id, const std::string& name,
                                const std::string& email, const std::string& title) {
    // query
    auto user = db.insert<User>(users, NewUser{name, email});
    auto post = db.updateOne(posts, id, posts.title = title);
    // end
    return {user, post};
}

} // namespace comparison
