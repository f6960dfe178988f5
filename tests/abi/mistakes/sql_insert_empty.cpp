// SPDX-License-Identifier: Apache-2.0
// error: insert(): a member may be empty, and its column is never NULL
#include "sql_tables.hpp"

struct NewUser {
    std::optional<std::string> name;
};
MORTISE_DESCRIBE(NewUser, field(name))

void add(const mortise::Database& database) {
    database.insert(users, NewUser{});
}
