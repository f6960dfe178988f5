// SPDX-License-Identifier: Apache-2.0
// error: insert(): a member of the struct is no column of the table
#include "sql_tables.hpp"

struct NewUser {
    std::string name, mail;
};
MORTISE_DESCRIBE(NewUser, field(name), field(mail))

void add(const mortise::Database& database) {
    database.insert(users, NewUser{"a", "b"});
}
