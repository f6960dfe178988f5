// SPDX-License-Identifier: Apache-2.0
// error: field(home): its type has no MORTISE_DESCRIBE
#include <mortise/plugin.hpp>

struct Address {
    std::string city;
};

struct User {
    std::string name;
    Address home;
};
MORTISE_DESCRIBE(User, field(name), field(home))
