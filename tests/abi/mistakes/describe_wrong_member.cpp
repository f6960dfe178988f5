// SPDX-License-Identifier: Apache-2.0
// error: nmae
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};
MORTISE_DESCRIBE(User, field(name), field(nmae), field(age), field(name).named("a"), field(name).named("b"))
