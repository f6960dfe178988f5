// SPDX-License-Identifier: Apache-2.0
// error: field(homes).maxItems(3): its type has no MORTISE_DESCRIBE
#include <mortise/plugin.hpp>

struct Address {
    std::string city;
};

struct User {
    std::string name;
    std::vector<Address> homes;
};
MORTISE_DESCRIBE(User, field(name), field(homes).maxItems(3))
