// SPDX-License-Identifier: Apache-2.0
// error: insert(): a member of the struct is not of its column's type
#include "sql_tables.hpp"

struct NewUser {
    std::int64_t name = 0;
};
MORTISE_DESCRIBE(NewUser, field(name))

void add(const mortise::Database& database) {
    database.insert(users, NewUser{1});
}
