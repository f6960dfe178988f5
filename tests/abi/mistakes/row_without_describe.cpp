// SPDX-License-Identifier: Apache-2.0
// error: T has no MORTISE_DESCRIBE
#include <mortise/database.hpp>
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};

std::vector<User> find(const mortise::Database& database, const mortise::Statement& statement) {
    return database.readAll<User>(statement);
}
