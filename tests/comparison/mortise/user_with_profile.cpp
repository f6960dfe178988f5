// SPDX-License-Identifier: Apache-2.0
#include "queries.hpp"

namespace comparison {

User userWithProfile(const mortise::Database& db, const std::string& name, const std::string& email,
                     const std::string& bio) {
    // query
    auto user = db.insert<User>(users, NewUser{name, email}, with(profiles, NewProfile{bio}));
    // end
    return user;
}

} // namespace comparison
