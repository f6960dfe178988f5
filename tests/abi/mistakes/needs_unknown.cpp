// SPDX-License-Identifier: Apache-2.0
// error: needs<>()
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};

class Mistaken : public mortise::Plugin<> {};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0", mortise::needs<User>())
