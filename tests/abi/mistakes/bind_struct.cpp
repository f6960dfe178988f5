// SPDX-License-Identifier: Apache-2.0
// error: bind()
#include <mortise/database.hpp>
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};
MORTISE_DESCRIBE(User, field(name), field(age))

auto parameters() {
    return mortise::bind(1, User());
}
