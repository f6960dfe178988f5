// SPDX-License-Identifier: Apache-2.0
// error: select<T>: a column that can be NULL goes into an std::optional
#include "sql_tables.hpp"

struct Nickname {
    std::string nickname;
};
MORTISE_DESCRIBE(Nickname, field(nickname))

auto find(const mortise::Database& database) {
    return database.select<Nickname>(users).all();
}
