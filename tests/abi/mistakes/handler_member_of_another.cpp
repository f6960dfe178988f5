// SPDX-License-Identifier: Apache-2.0
// error: Class is not the plugin
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};
MORTISE_DESCRIBE(User, field(name), field(age))

struct Users {
    User get(mortise::Request&) { return {}; }
};

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override { setup.get("/a").handle(&Users::get); }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
