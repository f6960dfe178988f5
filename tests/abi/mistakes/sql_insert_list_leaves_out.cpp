// SPDX-License-Identifier: Apache-2.0
// error: insert(): the struct leaves out a column that has no default
#include "sql_tables.hpp"

struct NewUser {
    std::optional<std::string> nickname;
};
MORTISE_DESCRIBE(NewUser, field(nickname))

void add(const mortise::Database& database, const std::vector<NewUser>& list) {
    database.insert(users, list);
}
