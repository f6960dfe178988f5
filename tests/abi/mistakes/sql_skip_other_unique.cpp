// SPDX-License-Identifier: Apache-2.0
// error: skipDuplicates(): the table has a key that is generated() and no other unique key beside it
#include "sql_tables.hpp"

struct Account {
    std::string id, name, email;
};
MORTISE_TABLE(accounts, Account, column(id).key().generated(), column(name).unique(), column(email).unique())

auto add(const mortise::Database& database) {
    return database.insert(accounts, Account{}, skipDuplicates(accounts.email));
}
